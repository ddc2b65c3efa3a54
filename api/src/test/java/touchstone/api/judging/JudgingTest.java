package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.spec.job.JobOrder.Purpose;

/** From the upload to the verdict, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JudgingTest extends PlayedContest {
    @Test
    void aSubmissionIsTrainedScoredAndSettled() {
        UUID submission = contest.submit(alice);

        server.tick();
        assertEquals("running", house.judgingState(submission));
        server.finish(server.job(), 0.75);

        assertEquals("settled", house.judgingState(submission));
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("done"), house.runStates(submission));
        assertEquals(List.of("none"), house.faults(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
        assertEquals(List.of("private 0.375", "public 0.75", "validation 0.5"), metrics(submission));
    }

    @Test
    void theFirstScoreFreezesTheTeamAndARejectionDoesNot() {
        contest.submit(alice);
        server.tick();
        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());
        assertEquals(List.of(), frozen(alice));

        contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.75);
        List<Instant> first = frozen(alice);
        assertEquals(List.of(house.clock.instant()), first);

        house.clock.pass(Duration.ofHours(1));
        contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.8);
        assertEquals(first, frozen(alice));
    }

    private List<Instant> frozen(UUID team) {
        return house.database.list(
                "select frozen_at from team where id = ? and frozen_at is not null",
                row -> row.instant("frozen_at"),
                team);
    }

    @Test
    void slicesOfTheHiddenTestAreKeptAndNotTold() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.75);

        String kept = house.database.get(
                "select r.slices from run r join judging j on j.id = r.judging where j.submission = ?",
                row -> row.text("slices"),
                submission);
        assertTrue(kept.contains(TestServer.HIDDEN_VALUE), kept);
        String told = house.json.write(told(submission));
        assertTrue(told.contains("\"wide\""), "those of the validation set are told: " + told);
        assertFalse(told.contains(TestServer.HIDDEN_VALUE), told);
    }

    @Test
    void openTwiceMakesOneJudgingWithTheTasksSeeds() {
        contest = house.contest(3, 1);
        UUID submission = contest.submit(contest.team("bob"));

        house.open.tick();
        house.open.tick();

        assertEquals(List.of("waiting", "waiting", "waiting"), house.runStates(submission));
        assertEquals(List.of(1L, 2L, 3L), seeds(submission));
    }

    @Test
    void aResultMayBeSentTwiceAndCountsOnce() {
        UUID submission = contest.submit(alice);
        server.tick();
        JobName job = server.job();
        Sender train = server.train(job);
        server.send(train, TestServer.trained(job));
        Sender score = server.start(job, Purpose.SCORE);
        server.send(train, TestServer.trained(job));
        server.send(score, TestServer.scored(job, 0.5));
        long settled = settledSeq(submission);

        server.send(score, TestServer.scored(job, 0.5));
        server.send(train, TestServer.trained(job));

        assertEquals(settled, settledSeq(submission));
        assertEquals(3, metrics(submission).size());
    }

    @Test
    void anotherResultForTheSameAttemptIsRefusedAndChangesNothing() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender score = server.finish(server.job(), 0.5);

        refused(() -> server.send(score, TestServer.scored(score.job(), 0.9)));

        assertTrue(metrics(submission).contains("public 0.5"));
    }

    @Test
    void weightsThatWereNotStoredCannotBeNamed() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        Refusal refusal = assertThrows(Refusal.class, () -> server.send(train, TestServer.trained(train.job())));

        assertEquals(422, refusal.status().getCode());
        assertEquals(List.of("open"), house.faults(submission));
        server.putWeights(train);
        server.send(train, TestServer.trained(train.job()));
    }

    @Test
    void aRejectedStrategyIsSettledWithItsProblemsAndCostsNothing() {
        contest = house.contest(3, 1);
        UUID submission = contest.submit(contest.team("bob"));
        server.tick();
        JobName first = server.runner.launched.getFirst().job();
        Sender train = server.start(first, Purpose.TRAIN);

        server.send(train, TestServer.rejected());
        server.send(train, TestServer.rejected());

        assertEquals("rejected", house.verdict(submission));
        assertEquals(List.of("done", "cancelled", "cancelled"), house.runStates(submission));
        assertEquals(List.of("contestant", "cancelled"), house.faults(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
        server.sweep.tick();
        assertEquals(Set.of(first, server.job()), Set.copyOf(server.runner.stopped));
    }

    @Test
    void aRejectedStrategyIsChargedWhereTheTaskSaysSo() {
        house.database.change(
                "update task_version set document = replace(document, '\"rejectedFree\":true', '\"rejectedFree\":false')"
                        + " where task = ?",
                contest.task);
        UUID submission = contest.submit(alice);
        server.tick();

        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());

        assertEquals("rejected", house.verdict(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @Test
    void theLastTwoSeedsEndingTogetherSettleOnce() throws Exception {
        contest = house.contest(2, 1);
        UUID submission = contest.submit(contest.team("bob"));
        server.tick();
        List<JobName> jobs =
                server.runner.launched.stream().map(launch -> launch.job()).toList();
        List<Sender> senders = jobs.stream()
                .map(job -> {
                    server.train(job);
                    return server.start(job, Purpose.SCORE);
                })
                .toList();

        together(
                () -> server.send(senders.get(0), TestServer.scored(jobs.get(0), 0.5)),
                () -> server.send(senders.get(1), TestServer.scored(jobs.get(1), 0.7)));

        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("done", "done"), house.runStates(submission));
    }

    @Test
    void settledNumbersGrowInTheOrderOfSettling() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(contest.team("bob"));
        server.tick();
        server.finish(server.runner.launched.get(1).job(), 0.5);
        server.finish(server.runner.launched.get(0).job(), 0.5);

        assertTrue(settledSeq(first) > settledSeq(second));
        assertFalse(house.judgingState(first).equals("running"));
    }

    private long settledSeq(UUID submission) {
        return house.database.get(
                "select settled_seq from judging where submission = ?", row -> row.number("settled_seq"), submission);
    }
}
