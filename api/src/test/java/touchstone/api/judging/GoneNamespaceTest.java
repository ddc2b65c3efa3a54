package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;
import touchstone.api.runner.kubernetes.PlayedCluster;
import touchstone.spec.job.JobOrder.Purpose;

/** Somebody deletes the namespace of the jobs, and makes it anew later, while a job runs in it. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class GoneNamespaceTest extends PlayedContest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final PlayedCluster cluster = new PlayedCluster();
    private JobRunner runner;
    private DispatchLoop dispatch;
    private SweepLoop sweep;

    @BeforeEach
    void aServerOnTheCluster() {
        runner = cluster.runner(folder);
        Claims claims = new Claims(house.database, house.locks, house.queue, house.tasks, server.instance, house.clock);
        dispatch = new DispatchLoop(
                house.queue,
                claims,
                house.tokens,
                server.instance,
                runner,
                new Beginnings(house.database, runner, house.clock));
        Instances instances = new Instances(house.database, server.machine, House.CONFIG, house.clock::nanos);
        sweep = new SweepLoop(house.attempts, instances, server.instance, runner, House.CONFIG, house.clock::nanos);
    }

    @AfterEach
    void close() {
        runner.close();
        cluster.close();
    }

    @Test
    void whatRanInItIsMadeAgainWhenItIsBackAndCostsNothing() {
        await(() -> runner.freeSlots() > 0);
        UUID submission = contest.submit(alice);
        house.open.tick();
        dispatch.tick();
        JobName job = new JobName(run(submission), 1);
        cluster.awaitTraining(job);
        server.start(job, Purpose.TRAIN);

        cluster.deleteNamespace();
        await(() -> runner.jobs().isEmpty() && runner.trouble().isPresent());
        sweep.tick();
        dispatch.tick();
        assertEquals(List.of("cancelled"), house.faults(submission), "and no other is tried meanwhile");
        assertEquals(List.of("waiting"), house.runStates(submission));
        String told = String.valueOf(told(submission).fault());
        assertTrue(told.contains("ended by an operator") && told.contains("counts for nothing"), told);
        assertEquals(0, house.failures(submission));
        assertEquals(List.of("charge"), house.ledger(submission));

        cluster.createNamespace();
        await(() -> runner.freeSlots() > 0);
        dispatch.tick();
        JobName again = new JobName(job.run(), 2);
        cluster.awaitTraining(again);
        await(() -> runner.jobs().get(again) instanceof JobState.Running);
        sweep.tick();
        server.finish(again, 0.5);
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    private UUID run(UUID submission) {
        return house.database.get(
                "select r.id from run r join judging j on j.id = r.judging where j.submission = ?",
                row -> row.uuid("id"),
                submission);
    }

    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end)
                throw new AssertionError("waited in vain; " + runner.jobs() + ", trouble: " + runner.trouble());
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
