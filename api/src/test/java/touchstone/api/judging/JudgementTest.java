package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.submission.Judgement;
import touchstone.api.submission.Judgements;
import touchstone.spec.job.Beat;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder.Purpose;

/** What a contestant reads of a judging, and cancelling one, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JudgementTest extends PlayedContest {
    @Test
    void aContestantReadsTheJudgingFromTheQueueToTheScore() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(alice);
        UUID bobs = contest.submit(contest.team("bob"));
        house.open.tick();
        assertEquals(1, told(first).place());
        assertEquals(2, told(bobs).place());
        assertEquals(3, told(second).place());

        server.dispatch.tick();
        JobName job = server.runner.launched.getFirst().job();
        Sender train = server.start(job, Purpose.TRAIN);
        house.desk.beat(train, new Beat(1, 2, 3, 4.5));
        house.desk.curve(train, new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1));
        house.desk.curve(train, new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1));
        house.clock.pass(Duration.ofSeconds(7));

        Judgement running = told(first);
        assertEquals(Judgement.State.RUNNING, running.state());
        assertEquals(new Judgement.Progress("train", 2, 3, null, 5.0, 0L, 1), running.progress());
        assertEquals(List.of(new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1)), running.curve());
        assertEquals(1, told(second).place());

        server.putWeights(train);
        server.send(train, TestServer.trained(job));
        server.send(server.start(job, Purpose.SCORE), TestServer.scored(job, 0.75));

        Judgement scored = told(first);
        assertEquals(Judgement.Verdict.SCORED, scored.verdict());
        assertEquals(Judgement.Score.of("accuracy", 0.75, 60), scored.score());
        assertEquals(Map.of("load", 2.0, "train", 2.0, "score", 3.0), scored.seconds());
        assertEquals(List.of("a note"), scored.notes());
        assertEquals(TestServer.trained(job).weights(), scored.finalWeights());
        assertEquals(0.5, Objects.requireNonNull(scored.validation()).metrics().get("accuracy"));
    }

    @Test
    void aContestantReadsWhoseFaultItIsAndWhatHappensNext() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.ends(new JobState.OverLimit("train ran out of memory"));
        server.observe.tick();
        assertEquals(
                "The last try ran out of memory or time on our machine. It is tried again by itself (1 of 3 tries failed so"
                        + " far); you need not do anything.",
                told(submission).fault());

        for (int i = 0; i < 2; i++) {
            house.clock.pass(Backoff.LONGEST);
            server.tick();
            assertNull(told(submission).fault());
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
        }

        assertEquals(Judgement.State.WAITING_ON_US, told(submission).state());
        assertTrue(Objects.requireNonNull(told(submission).fault()).contains("not charged"));
    }

    @Test
    void aCancelledJudgingIsNotDispatchedAndARunningOneIsStopped() {
        UUID waiting = contest.submit(alice);
        house.open.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(waiting));
        server.tick();
        assertEquals(List.of(), house.faults(waiting));
        UUID sentOff = contest.submit(alice);
        server.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(sentOff), "its job has not started");
        server.sweep.tick();
        UUID failed = contest.submit(alice);
        server.tick();
        server.ends(new JobState.OverLimit("train ran out of memory"));
        server.observe.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(failed), "our fault left nothing of it");
        UUID running = contest.submit(alice);
        server.tick();
        server.start(server.job(), Purpose.TRAIN);

        assertEquals(Judgements.Cancelled.WHILE_IT_RAN, cancel(running));

        assertEquals("cancelled", house.judgingState(running));
        assertEquals(List.of("cancelled"), house.faults(running));
        server.sweep.tick();
        assertTrue(server.runner.stopped.contains(server.job()));
        UUID held = contest.submit(alice);
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        assertEquals("waiting-on-us", house.judgingState(held));
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(held));
        assertEquals("cancelled", house.judgingState(held));
        UUID settled = contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals(Judgements.Cancelled.TOO_LATE, cancel(settled));
    }

    @Test
    void whoLooksOnIsToldAnewOnlyWhenSomethingHappened() {
        UUID submission = contest.submit(alice);
        assertEquals(Optional.empty(), house.judgements.stateOf(submission));
        house.open.tick();
        Optional<String> waiting = house.judgements.stateOf(submission);
        assertTrue(waiting.isPresent());
        house.clock.pass(Duration.ofSeconds(60));
        assertEquals(waiting, house.judgements.stateOf(submission));
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        house.desk.beat(train, new Beat(1, 1, 3, 200));
        Optional<String> epochOne = house.judgements.stateOf(submission);
        assertNotEquals(waiting, epochOne);
        Judgement told = told(submission);
        house.clock.pass(Duration.ofSeconds(10));
        house.desk.beat(train, new Beat(2, 1, 3, 190));
        house.clock.pass(Duration.ofSeconds(10));
        assertEquals(epochOne, house.judgements.stateOf(submission), "it beats, and nothing else is new");
        assertEquals(told, told(submission));
        house.clock.pass(Duration.ofSeconds(10));
        assertNotEquals(epochOne, house.judgements.stateOf(submission), "it has been silent for 20 seconds");
        assertEquals(15L, Objects.requireNonNull(told(submission).progress()).heardSecondsAgo());
        house.desk.beat(train, new Beat(3, 2, 3, 100));
        Optional<String> epochTwo = house.judgements.stateOf(submission);
        assertNotEquals(epochOne, epochTwo);
        house.desk.curve(train, new CurvePoint(2, 2, 0.5, 2, 0.5, 0.1));
        assertNotEquals(epochTwo, house.judgements.stateOf(submission));
        server.putWeights(train);
        server.send(train, TestServer.trained(server.job()));
        server.send(server.start(server.job(), Purpose.SCORE), TestServer.scored(server.job(), 0.5));
        Optional<String> settled = house.judgements.stateOf(submission);
        house.clock.pass(Duration.ofHours(1));
        assertEquals(settled, house.judgements.stateOf(submission));
    }

    private Judgements.Cancelled cancel(UUID submission) {
        return house.database.transaction(() -> house.judgements.cancel(submission));
    }
}
