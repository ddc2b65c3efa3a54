package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.spec.job.JobOrder.Purpose;

/** What an operator does, and what the loops make of it. */
final class InterventionTest {
    @TempDir
    private Path data;

    private static Intervention on(House house) {
        return new Intervention(house.attempts, house.database, house.clock);
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void aKilledAttemptIsStoppedAndItsRunScoredByTheNext(TestDatabase kind) {
        try (House house = new House(kind, data)) {
            House.Contest contest = house.contest(1, 1);
            TestServer server = new TestServer(house, 1);
            UUID submission = contest.submit(contest.team("alice"));
            server.tick();
            JobName first = server.job();
            Sender sender = server.start(first, Purpose.TRAIN);

            assertTrue(on(house).kill(first));

            assertFalse(on(house).kill(first));
            assertThrows(Refusal.class, () -> server.train(first));
            assertThrows(Refusal.class, () -> server.putWeights(sender));
            server.sweep.tick();
            assertEquals(List.of(first), server.runner.stopped);
            server.tick();
            server.finish(server.job(), 0.5);
            assertEquals("scored", house.verdict(submission));
            assertEquals(List.of("cancelled", "none"), house.faults(submission));
            assertEquals(0, house.failures(submission));
            assertEquals(List.of("charge"), house.ledger(submission));
        }
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void aDrainedServerEndsWhatItRunsAndStartsNothing(TestDatabase kind) {
        try (House house = new House(kind, data)) {
            House.Contest contest = house.contest(1, 2);
            TestServer server = new TestServer(house, 1);
            UUID first = contest.submit(contest.team("alice"));
            server.tick();
            UUID second = contest.submit(contest.team("bob"));

            assertTrue(on(house).drain(server.instance.id()));

            assertFalse(on(house).drain(server.instance.id()));
            server.finish(server.job(), 0.5);
            server.tick();
            assertEquals("scored", house.verdict(first));
            assertEquals(1, server.runner.launched.size());
            Claims claims =
                    new Claims(house.database, house.locks, house.queue, house.tasks, server.instance, house.clock);
            FairOrder.Waiting waiting = house.queue.fairOrder().next().orElseThrow();
            assertTrue(claims.claim(waiting, "local").isEmpty());
            TestServer other = new TestServer(house, 1);
            assertTrue(on(house).undrain(server.instance.id()));
            server.tick();
            server.finish(server.job(), 0.6);
            assertEquals("scored", house.verdict(second));
            assertEquals(0, other.runner.launched.size());
        }
    }
}
