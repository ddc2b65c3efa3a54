package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobState;
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
        server.runner.becomes(server.job(), new JobState.Broken("train ended with exit code 1"));

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
    void afterThreeFailuresAPersonMustLookAndTheChargeIsGivenBack() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < 3; i++) {
            server.tick();
            server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        server.tick();

        assertEquals(List.of("limit", "limit", "limit"), house.faults(submission));
        assertEquals(List.of("held"), house.runStates(submission));
        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals("none", house.verdict(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
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
        server.runner.launched.forEach(launch -> server.runner.becomes(
                launch.job(),
                new JobState.Broken("train ended; it printed last:\n\uDE00 half of a pair, \0 and \uD83D")));
        server.observe.tick();
        assertEquals(List.of("ours"), house.faults(first));
        assertEquals(List.of("ours"), house.faults(second));
    }
}
