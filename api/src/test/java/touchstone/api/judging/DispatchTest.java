package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.House.Contest;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.storage.Digests;
import touchstone.api.submission.Judgement;
import touchstone.spec.job.JobOrder.Purpose;

/** Which judgings begin, and what those who wait are told of it, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class DispatchTest extends PlayedContest {
    @Test
    void aTeamHasAsManyJudgingsRunningAsTheTaskAllows() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(alice);
        UUID bobs = contest.submit(contest.team("bob"));

        server.tick();

        assertEquals("running", house.judgingState(first));
        assertEquals("waiting", house.judgingState(second));
        assertEquals("running", house.judgingState(bobs));
        server.finish(server.runner.launched.getFirst().job(), 0.5);
        server.runner.becomes(server.runner.launched.getFirst().job(), new JobState.Finished());
        server.tick();
        assertEquals("running", house.judgingState(second));
    }

    @Test
    void nothingIsClaimedWithoutAFreeSlot() {
        server.runner.slots = 0;
        UUID submission = contest.submit(alice);

        server.tick();

        assertEquals("waiting", house.judgingState(submission));
        assertEquals(List.of(), house.faults(submission));
    }

    @Test
    void twoServersShareTheWorkAndStartNothingTwice() throws Exception {
        for (int i = 0; i < 10; i++) contest.submit(contest.team("team-" + i));
        UUID second = contest.submit(alice);
        contest.submit(alice);
        TestServer other = new TestServer(house, 20);
        server.runner.slots = 20;

        together(
                () -> {
                    house.open.tick();
                    server.dispatch.tick();
                },
                () -> {
                    house.open.tick();
                    other.dispatch.tick();
                });
        server.tick();
        other.tick();

        Set<JobName> launched = new HashSet<>();
        server.runner.launched.forEach(launch -> assertTrue(launched.add(launch.job())));
        other.runner.launched.forEach(launch -> assertTrue(launched.add(launch.job())));
        assertEquals(11, launched.size(), "ten teams and one of alice's two");
        assertEquals(List.of("open"), house.faults(second));
    }

    @Test
    void whoWaitsReadsAPlaceAndARangeOfTimes() {
        UUID bob = contest.team("bob");
        UUID first = contest.submit(alice);
        house.open.tick();
        assertEquals(1, told(first).place());
        assertNull(told(first).startsIn(), "no run of this task is known yet");
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.putWeights(train);
        server.send(train, TestServer.trained(server.job()));
        house.clock.pass(Duration.ofSeconds(100));
        server.send(server.start(server.job(), Purpose.SCORE), TestServer.scored(server.job(), 0.5));

        UUID running = contest.submit(alice);
        server.tick();
        UUID next = contest.submit(bob);
        UUID last = contest.submit(alice);
        house.open.tick();

        assertEquals("running", house.judgingState(running));
        assertNull(told(running).place());
        assertEquals(1, told(next).place());
        assertEquals(new Judgement.Wait(0, 120), told(next).startsIn(), "the one slot is free within one run");
        assertEquals(2, told(last).place());
        assertEquals(new Judgement.Wait(60, 240), told(last).startsIn(), "one run is before it, and one runs");
        house.database.change("update judging set state = 'waiting-on-us' where submission = ?", running);
        assertEquals(new Judgement.Wait(60, 240), told(last).startsIn(), "a seed of what is held still runs");
        house.database.change("update judging set state = 'waiting' where submission = ?", running);
        house.database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, 2, 2, 'waiting', 1, 0, ?, 0)
                """, UUID.randomUUID(), judgingOf(running), house.clock.instant());
        assertEquals(1, told(running).place(), "it has begun, so that it takes no second turn");
        assertEquals(2, told(next).place());
        assertEquals(3, told(last).place());
        house.database.change("update task set state = 'paused' where id = ?", contest.task);
        assertNull(told(next).place(), "nothing of a paused task starts");
    }

    @Test
    void anAdministratorPutsOneFirstAndBack() {
        UUID bob = contest.team("bob");
        contest.submit(alice);
        UUID mine = contest.submit(bob);
        assertFalse(house.queue.putFirst(mine, true), "it is not in the queue yet");
        house.open.tick();
        assertEquals(2, told(mine).place());
        assertTrue(house.queue.putFirst(mine, true));
        assertEquals(1, told(mine).place());
        assertEquals(
                judgingOf(mine), house.queue.fairOrder().next().orElseThrow().judging());
        assertTrue(house.queue.putFirst(mine, false));
        assertEquals(2, told(mine).place());
    }

    @Test
    void noMoreBeginThanTheHouseAndTheTaskAllow() {
        UUID bob = contest.team("bob");
        contest.submit(alice);
        contest.submit(bob);
        house.open.tick();
        try {
            house.limits.setTask(contest.task, 0);
            server.dispatch.tick();
            assertEquals(0, server.runner.launched.size());
            house.limits.setTask(contest.task, 1);
            FairOrder seenByTwo = house.queue.fairOrder();
            FairOrder.Waiting one = seenByTwo.next().orElseThrow();
            assertTrue(seenByTwo.next().isEmpty());
            server.dispatch.tick();
            assertEquals(1, server.runner.launched.size());
            UUID other = judgings().stream()
                    .filter(judging -> !judging.equals(one.judging()))
                    .findFirst()
                    .orElseThrow();
            assertFalse(
                    house.database.transaction(() -> house.queue.mayBegin(bob, contest.task, 1, true)),
                    other.toString());
            house.limits.setTask(contest.task, null);
            house.limits.setHouse(1);
            server.dispatch.tick();
            assertEquals(1, server.runner.launched.size());
            assertFalse(house.database.transaction(() -> house.queue.mayBegin(bob, contest.task, 1, true)));
            house.limits.setHouse(null);
            server.dispatch.tick();
            assertEquals(2, server.runner.launched.size());
        } finally {
            house.limits.setHouse(null);
        }
    }

    @Test
    void aTaskThatCannotBeReadStopsNobodyElse() {
        Contest broken = house.contest(1, 1);
        UUID lost = broken.submit(broken.team("lost"));
        UUID mine = contest.submit(alice);
        house.database.change("update task_version set document = '{' where task = ?", broken.task);

        server.tick();

        assertEquals("running", house.judgingState(mine));
        assertEquals(List.of(), house.runStates(lost));
        assertEquals(
                "paused",
                house.database.get("select state from task where id = ?", row -> row.text("state"), broken.task));
        assertEquals(
                List.of("paused"),
                house.database.list("select kind from change_log where task = ?", row -> row.text("kind"), broken.task),
                "everybody reads why nothing is judged");
    }

    @Test
    void aVersionThatWasReplacedAndCannotBeReadPausesNothing() {
        UUID lost = contest.submit(alice);
        house.database.change("""
                insert into task_version (task, n, digest, document, counts, datasheet, initial_weights,
                    file_blob, pack_blob, hidden_blob, public_blob, published)
                select task, 2, cast(? as varchar), document, counts, datasheet, initial_weights,
                    file_blob, pack_blob, hidden_blob, public_blob, published
                from task_version where task = ?
                """, Digests.of("version 2 of " + contest.task), contest.task);
        house.database.change("update task set current_version = 2 where id = ?", contest.task);
        house.database.change("update task_version set document = '{' where task = ? and n = 1", contest.task);
        UUID mine = contest.submit(contest.team("bob"));
        house.database.change("update submission set version = 2 where id = ?", mine);

        server.tick();

        assertEquals("running", house.judgingState(mine));
        assertEquals(List.of(), house.runStates(lost));
        assertEquals(
                "open",
                house.database.get("select state from task where id = ?", row -> row.text("state"), contest.task));
    }

    @Test
    void aJudgingThatIsHeldTakesItsPlaceWhileAnotherOfItsSeedsRuns() {
        contest = house.contest(2, 1);
        UUID bob = contest.team("bob");
        server.runner.slots = 4;
        UUID first = contest.submit(bob);
        server.tick();
        JobName other = server.runner.launched.getLast().job();
        JobName failing = server.runner.launched.getFirst().job();
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            house.attempts.end(failing, Fault.OURS, "it crashed");
            house.clock.pass(Backoff.LONGEST);
            server.dispatch.tick();
            failing = server.job();
        }
        assertEquals(Judgement.State.WAITING_ON_US, told(first).state());
        UUID second = contest.submit(bob);

        server.tick();
        assertEquals("waiting", house.judgingState(second), "a seed of the first still runs");
        house.held.retryAll();
        server.tick();

        assertEquals(List.of("running", "running"), house.runStates(first));
        assertEquals("waiting", house.judgingState(second), "the team has one at a time");
        server.finish(other, 0.5);
        server.finish(server.job(), 0.5);
        server.tick();
        assertEquals("scored", house.verdict(first));
        assertEquals("running", house.judgingState(second));
    }

    private UUID judgingOf(UUID submission) {
        return house.database.get("select id from judging where submission = ?", row -> row.uuid("id"), submission);
    }

    private List<UUID> judgings() {
        return house.database.list("select id from judging where task = ?", row -> row.uuid("id"), contest.task);
    }
}
