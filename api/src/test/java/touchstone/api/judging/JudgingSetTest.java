package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.storage.Digests;
import touchstone.api.submission.Judgement;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;

/** Judging again, and what becomes of it, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JudgingSetTest extends PlayedContest {
    private UUID scored(UUID team, double accuracy) {
        UUID submission = contest.submit(team);
        server.tick();
        finishAll(accuracy);
        return submission;
    }

    /** Plays every job that was launched and has not begun. */
    private void finishAll(double accuracy) {
        for (Launch launch : List.copyOf(server.runner.launched)) {
            JobName job = launch.job();
            if (!(server.runner.states.get(job) instanceof JobState.Starting)) continue;
            server.finish(job, accuracy);
            server.runner.becomes(job, new JobState.Finished());
        }
        server.tick();
    }

    private UUID rejudge(@Nullable List<Long> seeds, UUID... submissions) {
        return make(JudgingSet.Kind.REJUDGE, seeds, submissions);
    }

    private UUID make(JudgingSet.Kind kind, @Nullable List<Long> seeds, UUID... submissions) {
        return house.database.transaction(() -> house.sets.create(new JudgingSets.Order(
                contest.task, 1, kind, null, "A fault in the scoring.", List.of(submissions), seeds, true, null)));
    }

    /** A version 2 of the task, whose hidden test is another. */
    private void mendHiddenTest(String trainingDigest) {
        house.database.change(
                "update task_version set training_digest = ? where task = ?", Digests.of("training"), contest.task);
        house.database.change(
                """
                insert into task_version (task, n, digest, training_digest, document, counts, datasheet, initial_weights,
                    file_blob, pack_blob, hidden_blob, public_blob, published)
                select task, 2, ?, ?, document, counts, datasheet, initial_weights, file_blob, pack_blob, ?, public_blob,
                    published
                from task_version where task = ? and n = 1
                """,
                Digests.of("mended " + contest.task),
                trainingDigest,
                house.blob("the mended hidden test", "hidden"),
                contest.task);
    }

    private UUID rejudgeUnderMended(UUID submission) {
        return house.database.transaction(() -> house.sets.create(new JudgingSets.Order(
                contest.task,
                2,
                JudgingSet.Kind.REJUDGE,
                null,
                "A label of the hidden test was wrong.",
                List.of(submission),
                null,
                true,
                null)));
    }

    private List<Purpose> lastLaunched() {
        return server.runner.launched.getLast().commands().stream()
                .map(Launch.Command::purpose)
                .toList();
    }

    private JudgingSet.State state(UUID set) {
        return house.sets.find(set).orElseThrow().state();
    }

    private double score(UUID submission) {
        return Objects.requireNonNull(told(submission).score()).value();
    }

    @Test
    void judgedAgainNothingMovesBeforeItIsApplied() {
        UUID submission = scored(alice, 0.5);
        UUID set = rejudge(List.of(7L, 8L), submission);

        server.tick();
        server.tick();
        assertEquals(Judgement.State.SETTLED, told(submission).state(), "the contestant sees what was");
        assertEquals(List.of(1L, 7L, 8L), seeds(submission));
        assertEquals(JudgingSet.State.OPEN, state(set));
        finishAll(0.75);
        finishAll(0.75);

        assertEquals(JudgingSet.State.PREVIEWED, state(set));
        assertEquals(0.5, score(submission));
        assertEquals(List.of("charge"), house.ledger(submission));

        house.ending.apply(set, contest.account);
        house.ending.apply(set, contest.account);

        assertEquals(0.75, score(submission));
        assertEquals(List.of("false superseded", "true stands"), standings(submission));
        assertEquals(1, count("change_log where kind = 'judging-set-applied' and task", contest.task));
        assertEquals(1, count("audit where act = 'judging-set.apply' and object", set.toString()));
        assertEquals(List.of("charge"), house.ledger(submission));
        assertTrue(refused(() -> house.ending.drop(set, null)).contains("applied"));
    }

    @Test
    void aSetThatIsNotJudgedToTheEndIsRefusedAndSaysWhatIsMissing() {
        UUID first = scored(alice, 0.5);
        UUID second = scored(contest.team("bob"), 0.5);
        UUID set = rejudge(null, first, second);

        assertTrue(refused(() -> house.ending.apply(set, null))
                .contains("2 of its 2 submissions are not judged yet: 2 in the queue"));
        server.runner.slots = 1;
        server.tick();
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("1 in the queue, 1 running"));
        assertEquals(0.5, score(first));
    }

    @Test
    void aSetThatCannotBeOpenedKeepsNoOtherWaiting() {
        UUID submission = scored(alice, 0.5);
        UUID broken = rejudge(null, submission);
        house.database.change("update judging_set set seeds = '{' where id = ?", broken);
        for (int i = 1; i <= JudgingConfig.OPENED_AT_A_TIME_MAX; i++)
            house.database.change(
                    "insert into judging_set_member (judging_set, submission, variant) values (?, ?, ?)",
                    broken,
                    submission,
                    "no " + i);
        house.clock.pass(Duration.ofSeconds(1));
        UUID set = rejudge(null, submission);

        server.tick();

        assertEquals(0, count("judging where judging_set", broken));
        assertEquals(1, count("judging where judging_set", set));
    }

    @Test
    void aTeamIsFrozenByAScoreThatCountsAndByNoOther() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());
        server.runner.becomes(server.job(), new JobState.Finished());
        server.tick();
        assertEquals("rejected", house.verdict(submission));
        UUID dropped = rejudge(null, submission);
        server.tick();
        finishAll(0.75);
        assertEquals(JudgingSet.State.PREVIEWED, state(dropped));
        assertEquals(0, count("team where frozen_at is not null and id", alice), "nobody is told of it yet");
        house.ending.drop(dropped, null);
        assertEquals(0, count("team where frozen_at is not null and id", alice));
        UUID applied = rejudge(null, submission);
        server.tick();
        finishAll(0.75);
        house.ending.apply(applied, null);
        assertEquals(1, count("team where frozen_at is not null and id", alice));
    }

    @Test
    void whatIsDroppedLeavesNothingButItsRecord() {
        UUID done = scored(alice, 0.5);
        UUID running = scored(contest.team("bob"), 0.5);
        UUID set = rejudge(null, done, running);
        server.runner.slots = 1;
        server.tick();
        finishAll(0.75);
        JobName job = server.job();

        house.ending.drop(set, null);
        house.ending.drop(set, null);
        server.tick();

        assertEquals(JudgingSet.State.DROPPED, state(set));
        assertEquals(0.5, score(done));
        assertEquals(0.5, score(running));
        assertEquals(List.of("false stands", "true stands"), standings(done));
        assertThrows(Refusal.class, () -> server.start(job, Purpose.TRAIN));
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("dropped"));
        assertEquals(0, count("change_log where task", contest.task));
    }

    @Test
    void aSetThatWasMadeAndNotOpenedIsOpenedOnceByWhoeverComes() {
        UUID submission = scored(alice, 0.5);
        UUID set = rejudge(null, submission);
        house.setLoop.tick();
        new SetLoop(house.database, house.sets, house.tasks, house.finalSeeds, house.json, house.clock).tick();

        assertEquals(1, house.sets.progress(set).waiting());
        assertEquals(2, count("judging where submission", submission));
    }

    @Test
    void aRejectionInASetGivesBackOnlyWhenItIsApplied() {
        UUID submission = scored(alice, 0.5);
        UUID set = rejudge(null, submission);
        server.tick();
        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());
        server.tick();
        assertEquals(Judgement.Verdict.SCORED, told(submission).verdict());
        assertEquals(List.of("charge"), house.ledger(submission));

        house.ending.apply(set, null);

        assertEquals(Judgement.Verdict.REJECTED, told(submission).verdict());
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
    }

    @Test
    void aFaultOfOursInASetChangesNothingForTheContestant() {
        UUID submission = scored(alice, 0.5);
        UUID set = rejudge(null, submission);
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }

        assertEquals(Judgement.State.SETTLED, told(submission).state());
        assertEquals(List.of("charge"), house.ledger(submission));
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("1 held after a fault"));
    }

    @Test
    void whatCanNeverBeJudgedIsLeftOutAndTheRestIsApplied() {
        UUID stuck = scored(alice, 0.5);
        UUID other = scored(contest.team("bob"), 0.6);
        UUID set = rejudge(null, stuck, other);
        server.runner.slots = 4;
        assertTrue(refused(() -> house.ending.leaveOut(set, stuck, contest.account, "Why."))
                .contains("2 of its judgings are not in the queue yet"));
        house.setLoop.tick();
        assertTrue(refused(() -> house.ending.leaveOut(set, stuck, contest.account, "Why."))
                .contains("It waits or runs"));
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            assertTrue(refused(() -> house.ending.leaveOut(set, stuck, contest.account, "Why."))
                    .contains("It waits or runs"));
            house.attempts.end(openOf(set, stuck), Fault.OURS, "it crashed");
            house.clock.pass(Backoff.LONGEST);
        }
        server.finish(openOf(set, other), 0.75);
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("1 held after a fault"));
        assertTrue(refused(() -> house.ending.leaveOut(set, other, contest.account, "Why."))
                .contains("judged in this set already"));

        house.ending.leaveOut(set, stuck, contest.account, "No machine can.");
        house.ending.apply(set, contest.account);

        assertEquals(0.75, score(other));
        assertEquals(0.5, score(stuck), "it keeps what it had");
        assertEquals(1, count("audit where act = 'judging-set.leave-out' and object", set.toString()));
        assertEquals(
                List.of(
                        "1 submission (1 left out) was judged again. A fault in the scoring.",
                        "Submission 1 of alice was left out of judging again, since it could not be judged: No machine"
                                + " can."),
                house.database.list(
                        "select told from change_log where task = ? order by seq",
                        row -> row.text("told"),
                        contest.task));
        assertTrue(refused(() -> house.ending.leaveOut(set, stuck, contest.account, "Why."))
                .contains("applied"));
    }

    @Test
    void ofAnAblationNothingIsLeftOutInPart() {
        UUID submission = scored(alice, 0.5);
        house.database.change("update submission set report = ? where id = ?", """
                {"diff": {"rules": [{"where": "samples.augment[0]"}, {"where": "labels[0]"}]}}
                """, submission);
        UUID set = make(JudgingSet.Kind.ABLATION, null, submission);
        house.setLoop.tick();
        List<UUID> variants = house.database.list(
                "select id from judging where judging_set = ? order by id", row -> row.uuid("id"), set);
        assertTrue(variants.size() > 1);
        house.database.change("update judging set state = 'waiting-on-us' where id = ?", variants.getFirst());

        assertTrue(refused(() -> house.ending.leaveOut(set, submission, contest.account, "Why."))
                .contains("It waits or runs"));

        assertEquals(1, house.sets.progress(set).waitingOnUs());
        house.database.change("update judging set state = 'waiting-on-us' where judging_set = ?", set);
        house.ending.leaveOut(set, submission, contest.account, "Why.");
        assertEquals(variants.size(), house.sets.progress(set).cancelled());
    }

    private JobName openOf(UUID set, UUID submission) {
        return house.database.get("""
                select a.run, a.n from attempt a join run r on r.id = a.run join judging j on j.id = r.judging
                where j.judging_set = ? and j.submission = ? and a.open_key is not null
                """, row -> new JobName(row.uuid("run"), row.integer("n")), set, submission);
    }

    @Test
    void judgingAgainEndsTheWaitOfWhatIsHeld() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            server.ends(new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        assertEquals(Judgement.State.WAITING_ON_US, told(submission).state());
        UUID set = rejudge(null, submission);
        server.tick();
        finishAll(0.75);

        house.ending.apply(set, null);

        assertEquals(0.75, score(submission));
        assertEquals(List.of("cancelled", "settled"), judgingStates(submission));
    }

    @Test
    void contestantsComeFirst() {
        UUID old = scored(alice, 0.5);
        rejudge(null, old);
        house.setLoop.tick();
        server.runner.slots = 1;
        UUID fresh = contest.submit(alice);

        server.tick();

        assertEquals(Judgement.State.RUNNING, told(fresh).state());
    }

    @Test
    void whatRunsForTheOrganizerTakesNoTurnOfTheTeam() {
        UUID old = scored(alice, 0.5);
        UUID set = rejudge(null, old);
        server.tick();
        assertEquals(1, house.sets.progress(set).running());
        UUID fresh = contest.submit(alice);

        server.tick();

        assertEquals(Judgement.State.RUNNING, told(fresh).state(), "though the task lets a team run one at a time");
    }

    @Test
    void twoSetsOverOneSubmissionReplaceOneAfterTheOther() {
        UUID submission = scored(alice, 0.5);
        UUID first = rejudge(null, submission);
        server.tick();
        finishAll(0.6);
        UUID second = rejudge(null, submission);
        server.tick();
        finishAll(0.7);

        house.ending.apply(second, null);
        house.ending.apply(first, null);

        assertEquals(0.6, score(submission), "the organizer's last word");
        assertEquals(List.of("false superseded", "false superseded", "true stands"), standings(submission));
    }

    @Test
    void anAblationTrainsWithoutOnePartAfterTheOther() {
        contest = house.contest(2, 1);
        UUID submission = contest.submit(contest.team("bob"));
        house.database.change("update submission set report = ? where id = ?", """
                {"diff": {"rules": [{"where": "samples.augment[0]"}, {"where": "labels[0]"}, {"where": "labels[1]"}]}}
                """, submission);
        server.runner.slots = 4;
        server.tick();
        assertEquals(Set.of("null 1", "null 2"), trained(0.5));
        UUID set = make(JudgingSet.Kind.ABLATION, null, submission);
        server.tick();
        server.tick();
        assertEquals(Judgement.State.SETTLED, told(submission).state());

        assertEquals(Set.of("SAMPLES 1", "SAMPLES 2", "LABELS 1", "LABELS 2"), trained(0.75));

        assertEquals(JudgingSet.State.PREVIEWED, state(set));
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("only read"));
        assertEquals(0.5, score(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
        UUID rejudged = rejudge(null, submission);
        server.tick();
        finishAll(0.6);
        house.ending.apply(rejudged, null);
        assertEquals(0.6, score(submission));
        assertEquals(1, count("judging where valid and submission", submission));
        house.ending.drop(set, null);
        assertEquals(JudgingSet.State.DROPPED, state(set));
    }

    @Test
    void anAblationThatIsDroppedStopsWhatRuns() {
        UUID submission = scored(alice, 0.5);
        house.database.change(
                "update submission set report = ? where id = ?",
                "{\"diff\": {\"rules\": [{\"where\": \"weights[0]\"}, {\"where\": \"labels[0]\"}]}}",
                submission);
        UUID set = make(JudgingSet.Kind.ABLATION, null, submission);
        server.runner.slots = 1;
        server.tick();
        JobName job = server.job();

        house.ending.drop(set, null);
        server.tick();

        assertThrows(Refusal.class, () -> server.start(job, Purpose.TRAIN));
        assertEquals(2, house.sets.progress(set).cancelled());
        assertEquals(0.5, score(submission));
    }

    /** Plays every job that was launched and has not begun; what each was told to leave out, and its seed. */
    private Set<String> trained(double accuracy) {
        Set<String> told = new HashSet<>();
        for (Launch launch : List.copyOf(server.runner.launched)) {
            JobName job = launch.job();
            if (!(server.runner.states.get(job) instanceof JobState.Starting)) continue;
            JobOrder order =
                    house.desk.start(job, Purpose.TRAIN, UUID.randomUUID().toString());
            String written = house.json.write(order);
            assertEquals(order, house.json.read(written, JobOrder.class));
            assertEquals(order.without() != null, written.contains("\"without\""), written);
            told.add(order.without() + " " + order.seed());
            Sender train = new Sender(job, Purpose.TRAIN, order.session());
            server.putWeights(train);
            server.send(train, TestServer.trained(job));
            server.send(server.start(job, Purpose.SCORE), TestServer.scored(job, accuracy));
            server.runner.becomes(job, new JobState.Finished());
        }
        server.tick();
        return told;
    }

    @Test
    void aTryOutIsOnlyRead() {
        UUID baseline = contest.submit(contest.team("olivia"));
        server.tick();
        finishAll(0.5);
        UUID set = make(JudgingSet.Kind.TRYOUT, List.of(1L, 2L, 3L), baseline);
        server.runner.slots = 3;
        server.tick();
        finishAll(0.75);

        assertEquals(JudgingSet.State.PREVIEWED, state(set));
        assertEquals(
                3,
                house.sets.measured(set).stream()
                        .filter(measured -> measured.fold().equals("public") && measured.value() == 0.75)
                        .count());
        assertTrue(refused(() -> house.ending.apply(set, null)).contains("only read"));
        assertEquals(0.5, score(baseline));
    }

    @Test
    void theFinalTakesTheSealedSeedsAndTellsNobody() {
        UUID submission = scored(alice, 0.5);
        house.finalSeeds.drawMissing();
        String sealed = sealed();
        house.finalSeeds.drawMissing();
        assertEquals(sealed, sealed(), "drawn once");
        UUID set = make(JudgingSet.Kind.FINAL, null, submission);
        server.runner.slots = 3;
        server.tick();

        List<Long> seeds = house.finalSeeds.open(contest.task, 1).seeds();
        assertEquals(3, seeds.size());
        assertNotEquals(seeds.get(0), seeds.get(1));
        assertEquals(seeds, seeds(submission).subList(1, 4));
        for (long seed : seeds) assertFalse(sealed.contains(Long.toString(seed)));
        assertEquals(
                seeds.getLast(),
                house.desk
                        .start(server.job(), Purpose.TRAIN, UUID.randomUUID().toString())
                        .seed());
        String told = house.json.write(told(submission));
        for (long seed : seeds) assertFalse(told.contains(Long.toString(seed)));
        assertEquals(Judgement.State.SETTLED, told(submission).state(), "a final's jobs are not in the live view");
        assertEquals(JudgingSet.State.OPEN, state(set));
    }

    private String sealed() {
        return house.database.get(
                "select sealed_seeds from task_version where task = ?", row -> row.text("sealed_seeds"), contest.task);
    }

    private List<String> standings(UUID submission) {
        return house.database.list(
                """
                select valid, superseded_by from judging where submission = ? order by valid, created
                """,
                row -> row.flag("valid") + (row.findUuid("superseded_by") == null ? " stands" : " superseded"),
                submission);
    }

    private List<String> judgingStates(UUID submission) {
        return house.database.list(
                "select state from judging where submission = ? order by state", row -> row.text("state"), submission);
    }

    private int count(String where, Object value) {
        return house.database.get("select count(*) as n from " + where + " = ?", row -> row.integer("n"), value);
    }

    @Test
    void whatIsTrainedIsOnlyScoredAgainOnAMendedHiddenTest() {
        UUID submission = contest.submit(alice);
        server.tick();
        JobName first = server.job();
        Sender train = server.start(first, Purpose.TRAIN);
        house.desk.curve(train, new CurvePoint(1, 2.0, 0.5, 1.0, 0.5, 0.1));
        server.putWeights(train);
        server.send(train, TestServer.trained(first));
        server.send(server.start(first, Purpose.SCORE), TestServer.scored(first, 0.5));
        server.runner.becomes(first, new JobState.Finished());
        server.tick();
        mendHiddenTest(Digests.of("training"));

        UUID set = rejudgeUnderMended(submission);
        server.tick();

        assertNotEquals(first.run(), server.job().run());
        assertEquals(List.of(Purpose.SCORE), lastLaunched());
        Sender score = server.start(server.job(), Purpose.SCORE);
        JobOrder order = house.desk.start(server.job(), Purpose.SCORE, score.session());
        assertEquals(Digests.of(TestServer.weights(first)), digest(order, "weights"));
        assertEquals(Digests.of("the mended hidden test".getBytes(StandardCharsets.UTF_8)), digest(order, "hidden"));
        server.send(score, TestServer.scored(first, 0.75));
        server.tick();
        house.ending.apply(set, contest.account);

        Judgement told = told(submission);
        assertEquals(0.75, score(submission));
        assertEquals(1, told.curve().size(), "its curve is that of the training");
        assertEquals(List.of("a note"), told.notes());
        assertEquals(Map.of("load", 2.0, "train", 2.0, "score", 3.0), told.seconds());
        assertEquals(List.of("private 0.375", "public 0.75", "validation 0.5"), metricsThatStand(submission));
    }

    private static String digest(JobOrder order, String input) {
        return order.inputs().stream()
                .filter(one -> one.name().equals(input))
                .findFirst()
                .orElseThrow()
                .digest();
    }

    private List<String> metricsThatStand(UUID submission) {
        return house.database.list("""
                select m.fold, m.measured from metric m join run r on r.id = m.run join judging j on j.id = r.judging
                where j.submission = ? and j.valid order by m.fold
                """, row -> row.text("fold") + " " + row.decimal("measured"), submission);
    }

    @Test
    void whatWasTrainedOtherwiseIsTrainedAgain() {
        UUID submission = scored(alice, 0.5);
        mendHiddenTest(Digests.of("training with another recipe"));

        rejudgeUnderMended(submission);
        server.tick();

        assertEquals(List.of(Purpose.TRAIN, Purpose.SCORE), lastLaunched());
    }

    @Test
    void whoeverDoubtsAMachineHasItTrainedAgainUnderTheSameVersion() {
        UUID submission = scored(alice, 0.5);
        mendHiddenTest(Digests.of("training"));

        rejudge(null, submission);
        server.tick();

        assertEquals(List.of(Purpose.TRAIN, Purpose.SCORE), lastLaunched());
    }

    @Test
    void withWeightsThatGotLostItIsTrainedAgain() {
        UUID submission = scored(alice, 0.5);
        mendHiddenTest(Digests.of("training"));
        rejudgeUnderMended(submission);
        server.tick();
        Sender score = server.start(server.job(), Purpose.SCORE);

        house.results.inputGone(score, "weights");
        server.runner.becomes(server.job(), new JobState.Finished());
        house.clock.pass(Duration.ofMinutes(10));
        server.tick();

        assertEquals(List.of(Purpose.TRAIN, Purpose.SCORE), lastLaunched());
        assertEquals(0, count("run where trained_in is not null and judging", judgingOf(server.job())));
    }

    private UUID judgingOf(JobName job) {
        return house.database.get("select judging from run where id = ?", row -> row.uuid("judging"), job.run());
    }

    @Test
    void theJobsOfAFinalAreUrgent() {
        UUID submission = scored(alice, 0.5);
        assertFalse(server.runner.launched.getLast().urgent());

        make(JudgingSet.Kind.FINAL, List.of(7L), submission);
        server.tick();

        assertTrue(server.runner.launched.getLast().urgent());
    }
}
