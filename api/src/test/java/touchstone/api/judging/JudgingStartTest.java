package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class JudgingStartTest {
    @Test
    void jobsAreGivenAnAddressOfEitherKind() {
        assertEquals("http://[::1]:8080", JudgingStart.address("::1", 8080).toString());
        assertEquals("http://[::1]:8080", JudgingStart.address("[::1]", 8080).toString());
        assertEquals(
                "http://127.0.0.1:8080", JudgingStart.address("127.0.0.1", 8080).toString());
        assertEquals(
                "http://contest:8080", JudgingStart.address("contest", 8080).toString());
    }
}
