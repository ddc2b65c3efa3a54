package touchstone.api.account;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import touchstone.api.http.ClientAddress;
import touchstone.api.http.HttpConfig;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;

final class SignInThrottleTest {
    private static final int MANY = 100;

    private static SignInThrottle failedOften(@Nullable URI publicUrl) {
        SignInThrottle throttle = new SignInThrottle(
                InstantSource.fixed(Instant.EPOCH),
                new PublicAddress(publicUrl),
                new ClientAddress(new HttpConfig(List.of(), true)));
        for (int i = 0; i < MANY; i++) throttle.failed("alice", "10.0.0.1");
        return throttle;
    }

    @Test
    void slowsOneAddressAndNoOther() {
        SignInThrottle throttle = failedOften(null);
        assertThrows(Refusal.class, () -> throttle.check("Alice", "10.0.0.1"));
        assertDoesNotThrow(() -> throttle.check("alice", "10.0.0.2"));
        assertDoesNotThrow(() -> throttle.check("bob", "10.0.0.1"));
    }

    @Test
    void aClockThatIsSetBackSlowsNobodyForLonger() {
        Instant[] now = {Instant.EPOCH};
        Failures<String> failures = new Failures<>(() -> now[0]);
        for (int i = 0; i < MANY; i++) failures.failed("alice");
        assertTrue(failures.waitOf("alice").isPresent());

        now[0] = Instant.EPOCH.minusSeconds(3600);

        assertTrue(failures.waitOf("alice").isEmpty());
        for (int i = 0; i < MANY; i++) failures.failed("alice");
        assertTrue(failures.waitOf("alice").orElseThrow().toMinutes() <= 5, "and who goes on is slowed again");
    }

    @Test
    void behindAProxyNobodyIsLockedOutByTheirName() {
        SignInThrottle throttle = failedOften(URI.create("https://contest.example"));
        assertDoesNotThrow(() -> throttle.check("alice", "10.0.0.1"));
    }
}
