package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.ProcessMark;
import touchstone.spec.job.Beat;
import touchstone.spec.job.JobOrder.Purpose;

/** Jobs that fall silent, run too long or lose their server, and clocks that jump, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class LostJobTest extends PlayedContest {
    @Test
    void aJobThatStandsStillForALeaseIsGivenUp() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.passBeating(train, Duration.ofMinutes(3));
        assertEquals(List.of("open"), house.faults(submission));

        server.passLooking(House.CONFIG.lease());
        assertEquals(List.of("open"), house.faults(submission));
        house.clock.pass(Duration.ofSeconds(1));
        server.expire.tick();

        assertEquals(List.of("lost"), house.faults(submission));
        refused(() -> house.desk.beat(train, new Beat(99, 1, 3, 1)));
        server.sweep.tick();
        assertEquals(List.of(train.job()), server.runner.stopped);
    }

    /** While the server could not look, since its database was away or it stood still itself, no job could be heard. */
    @Test
    void aServerThatCouldNotLookForLongGivesUpNobody() {
        UUID submission = contest.submit(alice);
        UUID elsewhere = contest.submit(contest.team("bob"));
        TestServer other = new TestServer(house, 1, TestServer.elsewhere());
        server.runner.slots = 1;
        server.tick();
        other.dispatch.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        other.start(other.job(), Purpose.TRAIN);
        server.tick();

        house.clock.pass(Duration.ofHours(3));
        server.tick();

        assertEquals(List.of("open"), house.faults(submission));
        assertEquals(List.of("open"), house.faults(elsewhere));
        house.desk.beat(train, new Beat(2, 1, 3, 1));
        server.passLooking(House.CONFIG.lease());
        assertEquals(List.of("open"), house.faults(submission));
        assertEquals(List.of("lost"), house.faults(elsewhere), "the one that really fell silent");
    }

    /** It was given up, tried again, and then the first try reports after all. */
    @Test
    void aJobThatOutlivesItsLeaseAndThenReportsChangesNothing() {
        UUID submission = contest.submit(alice);
        server.tick();
        JobName first = server.job();
        server.train(first);
        Sender late = server.start(first, Purpose.SCORE);
        server.passLooking(House.CONFIG.lease().plusSeconds(20));
        assertEquals(List.of("lost"), house.faults(submission));
        house.clock.pass(Backoff.LONGEST);
        server.runner.forgetAll();
        server.tick();
        JobName second = server.job();
        assertEquals(2, second.attempt());

        refused(() -> server.send(late, TestServer.scored(first, 0.9)));
        assertEquals("none", house.verdict(submission));
        Sender now = server.start(second, Purpose.SCORE);
        refused(() -> server.send(late, TestServer.scored(first, 0.9)));
        server.send(now, TestServer.scored(second, 0.5));
        refused(() -> server.send(late, TestServer.scored(first, 0.9)));

        assertEquals("scored", house.verdict(submission));
        assertTrue(metrics(submission).contains("public 0.5"));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @Test
    void aJobPastItsDeadlineIsGivenUpHoweverOftenItBeats() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.passBeating(train, Duration.ofMinutes(20));
        assertEquals(List.of("open"), house.faults(submission));
        server.passLooking(Duration.ofSeconds(50));
        house.desk.beat(train, new Beat(99, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(20));

        assertEquals(List.of("limit"), house.faults(submission));
    }

    @Test
    void aWallClockThatJumpsAnHourEndsNothingAndHoldsNothingBack() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        house.clock.jump(Duration.ofHours(1));
        server.tick();
        house.desk.beat(train, new Beat(1, 1, 3, 1));
        house.clock.jump(Duration.ofHours(-2));
        server.tick();
        assertEquals(List.of("open"), house.faults(submission));

        server.ends(new JobState.Broken("a fault"));
        server.observe.tick();
        house.clock.jump(Duration.ofHours(-1));
        server.tick();

        assertEquals(List.of("ours", "open"), house.faults(submission));
    }

    @Test
    void attemptsOfADeadServerOnThisMachineAreTakenOverAndDoNotCount() {
        TestServer dead = new TestServer(house, 2, TestServer.withDeadServer());
        UUID begun = contest.submit(alice);
        UUID notBegun = contest.submit(contest.team("bob"));
        dead.house.open.tick();
        dead.dispatch.tick();
        JobName job = dead.runner.launched.getFirst().job();
        Sender old = dead.start(job, Purpose.TRAIN);
        house.attempts.recordPlace(job, new ProcessMark(4, 4));

        server.tick();

        assertEquals(List.of("server-died"), house.faults(begun));
        assertEquals(List.of("never-started"), house.faults(notBegun));
        assertEquals(List.of(job), server.runner.leftoversStopped);
        refused(() -> house.desk.beat(old, new Beat(1, 1, 3, 1)));
        server.tick();
        assertEquals(List.of("server-died", "open"), house.faults(begun));
        assertEquals(0, house.failures(begun));
    }

    @Test
    void twentyRestartsDoNotUseUpARunsTries() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < 20; i++) {
            TestServer dead = new TestServer(house, 2, TestServer.withDeadServer());
            dead.house.open.tick();
            dead.dispatch.tick();
            dead.start(dead.job(), Purpose.TRAIN);
            server.sweep.tick();
        }

        assertEquals(0, house.failures(submission));
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void aServerOnAnotherMachineIsGoneOnlyWhenItHasNotBeenSeenForALease() {
        TestServer other = new TestServer(house, 2, TestServer.elsewhere());
        UUID submission = contest.submit(alice);
        house.open.tick();
        other.dispatch.tick();
        Sender train = other.start(other.job(), Purpose.TRAIN);
        server.sweep.tick();
        server.passLooking(Duration.ofSeconds(50));
        other.instance.beSeen(Optional.empty());
        house.desk.beat(train, new Beat(1, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(50));
        assertEquals(List.of("open"), house.faults(submission));

        house.desk.beat(train, new Beat(2, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(30));

        assertEquals(List.of("server-died"), house.faults(submission));
        assertEquals(List.of(), server.runner.leftoversStopped);
    }

    @Test
    void anAttemptWhoseJobWasNeverStartedIsPutBack() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.runner.states.clear();

        server.sweep.tick();

        assertEquals(List.of("never-started"), house.faults(submission));
        assertEquals(List.of("waiting"), house.runStates(submission));
    }

    @Test
    void aJobWhoseAttemptIsClosedIsStopped() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        server.sweep.tick();
        assertEquals(List.of(), server.runner.stopped);
        house.attempts.end(job, Fault.LOST, "as a test wants it");

        server.sweep.tick();

        assertEquals(List.of(job), server.runner.stopped);
    }
}
