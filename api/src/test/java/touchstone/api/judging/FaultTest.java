package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.storage.Digests;
import touchstone.api.submission.Judgement;
import touchstone.api.submission.RefundReason;
import touchstone.api.task.TaskPause;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;

/** What becomes of a run that ends by a fault, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class FaultTest extends PlayedContest {
    @Test
    void aRunThatOurFaultEndedIsTriedAgainLater() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.ends(new JobState.Broken("train ended with exit code 1"));

        server.observe.tick();

        assertEquals(List.of("ours"), house.faults(submission));
        assertEquals(List.of("waiting"), house.runStates(submission));
        server.tick();
        assertEquals(List.of("waiting"), house.runStates(submission), "it waits for its back-off");
        house.clock.pass(Backoff.LONGEST);
        server.tick();
        assertEquals(List.of("ours", "open"), house.faults(submission));
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void whatAJobThatFailedPrintedIsKeptForItsOperator() {
        contest.submit(alice);
        server.tick();
        server.ends(new JobState.Broken("train ended with exit code 1", "first\nlast\0"));
        server.observe.tick();
        server.observe.tick();
        assertEquals(
                List.of("first\nlast "),
                house.database.list(
                        "select log from attempt where run = ?",
                        row -> row.text("log"),
                        server.job().run()));
    }

    @Test
    void afterThreeFailuresAPersonMustLookAndTheChargeIsGivenBack() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < 3; i++) {
            server.tick();
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        server.tick();

        assertEquals(List.of("limit", "limit", "limit"), house.faults(submission));
        assertEquals(List.of("held"), house.runStates(submission));
        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals("none", house.verdict(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
        assertEquals(
                RefundReason.OVER_LIMIT,
                house.database.get(
                        "select reason from quota_entry where submission = ? and kind = 'refund'",
                        row -> row.text("reason"),
                        submission),
                "counts among what a team has to wait after");
    }

    @Test
    void aTaskThatCannotRunIsPausedAndNobodyIsBlamed() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));

        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(
                "paused",
                house.database.get("select state from task where id = ?", r -> r.text("state"), contest.task));
        assertEquals(
                List.of("paused"),
                house.database.list("select kind from change_log where task = ?", r -> r.text("kind"), contest.task));
    }

    private void failByTheTask() {
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));
    }

    private void resume() {
        house.context.getBean(TaskPause.class).open("task-" + contest.task);
    }

    private String taskState() {
        return house.database.get("select state from task where id = ?", r -> r.text("state"), contest.task);
    }

    @Test
    void whatATaskHeldByItsFaultIsJudgedByItselfWhenTheTaskGoesOn() {
        UUID submission = contest.submit(alice);
        server.tick();
        failByTheTask();
        server.tick();
        assertEquals(List.of("held"), house.runStates(submission), "while the task is paused it stays");

        resume();
        server.tick();

        assertEquals(List.of("organizer", "open"), house.faults(submission));
        failByTheTask();
        server.tick();
        assertEquals("paused", taskState(), "it was not mended");
        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(2, server.runner.launched.size());
        resume();
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission), "it stays given back");
    }

    @Test
    void whatFailedByOurFaultIsNotTakenForTheTasks() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        house.database.change("update task set state = 'paused' where id = ?", contest.task);
        resume();

        server.tick();

        assertEquals(List.of("held"), house.runStates(submission), "an operator has to look");
    }

    @Test
    void aNewVersionTakesThePlaceOfOneThatCannotRun() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(contest.team("bob"));
        server.tick();
        failByTheTask();
        JobName other = server.runner.launched.getFirst().job();
        house.database.change("""
                insert into task_version (task, n, digest, document, counts, datasheet, initial_weights, file_blob,
                    pack_blob, hidden_blob, public_blob, published)
                select task, 2, ?, document, counts, datasheet, initial_weights, file_blob, pack_blob, hidden_blob,
                    public_blob, published
                from task_version where task = ? and n = 1
                """, Digests.of("mended " + contest.task), contest.task);
        house.database.change("update task set current_version = 2 where id = ?", contest.task);
        resume();
        Sender train = server.start(other, Purpose.TRAIN);

        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));
        server.tick();

        assertEquals("open", taskState(), "the version that was mended goes on");
        assertEquals(List.of("held"), house.runStates(first));
        assertEquals(List.of("held"), house.runStates(second));
        assertEquals(2, server.runner.launched.size(), "under the old version they would only fail again");
        assertEquals(List.of("charge", "refund"), house.ledger(first));
        UUID set = house.sets.create(new JudgingSets.Order(
                contest.task,
                2,
                JudgingSet.Kind.REJUDGE,
                null,
                "The initial weights were mended.",
                new SetChoice(house.database)
                        .choose(
                                contest.task,
                                new SetChoice.Conditions(null, null, SetChoice.Verdict.WAITING_ON_US, null, null)),
                null,
                false,
                null));
        server.tick();
        server.runner.launched.stream().skip(2).forEach(launch -> server.finish(launch.job(), 0.5));
        house.ending.apply(set, null);
        assertEquals(Judgement.Verdict.SCORED, told(first).verdict());
        assertEquals(Judgement.Verdict.SCORED, told(second).verdict());
    }

    @Test
    void aDraftThatCannotRunPausesNothing() {
        house.database.change("update task_version set published = null where task = ?", contest.task);
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));

        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(
                "open", house.database.get("select state from task where id = ?", r -> r.text("state"), contest.task));
    }

    @Test
    void aRunThatWasTrainedIsOnlyScoredAgain() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.train(server.job());
        server.start(server.job(), Purpose.SCORE);
        server.runner.becomes(server.job(), new JobState.Interrupted("signal 15"));
        server.observe.tick();

        server.tick();

        assertEquals(List.of("server-died", "open"), house.faults(submission));
        assertEquals(
                List.of(Purpose.SCORE),
                server.runner.launched.getLast().commands().stream()
                        .map(command -> command.purpose())
                        .toList());
        refused(() -> server.start(server.job(), Purpose.TRAIN));
        Sender score = server.start(server.job(), Purpose.SCORE);
        server.send(score, TestServer.scored(server.job(), 0.5));
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void whatAJobPrintedCannotStopTheLookingAfterOthers() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(contest.team("bob"));
        server.tick();
        server.runner.launched.forEach(launch -> {
            server.start(launch.job(), Purpose.TRAIN);
            server.runner.becomes(
                    launch.job(),
                    new JobState.Broken("train ended; it printed last:\n\uDE00 half of a pair, \0 and \uD83D"));
        });
        server.observe.tick();
        assertEquals(List.of("ours"), house.faults(first));
        assertEquals(List.of("ours"), house.faults(second));
    }
}
