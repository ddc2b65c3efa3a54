package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobName;
import touchstone.spec.job.JobOrder.Purpose;

class JobTokensTest {
    private final JobTokens tokens = new JobTokens(new byte[32]);
    private final JobName job = new JobName(UUID.fromString("00000000-0000-0000-0000-000000000001"), 1);

    @Test
    void aTokenTellsItsPurpose() {
        assertEquals(Optional.of(Purpose.TRAIN), tokens.purpose(job, tokens.token(job, Purpose.TRAIN)));
        assertEquals(Optional.of(Purpose.SCORE), tokens.purpose(job, tokens.token(job, Purpose.SCORE)));
    }

    @Test
    void aTokenIsGoodForOneAttemptOfOneRunAndOneServerKey() {
        String token = tokens.token(job, Purpose.TRAIN);

        assertEquals(Optional.empty(), tokens.purpose(new JobName(job.run(), 2), token));
        assertEquals(Optional.empty(), tokens.purpose(new JobName(UUID.randomUUID(), 1), token));
        assertEquals(Optional.empty(), new JobTokens(new byte[] {1}).purpose(job, token));
        assertEquals(Optional.empty(), tokens.purpose(job, ""));
    }
}
