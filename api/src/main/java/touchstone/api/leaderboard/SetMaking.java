package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.core.annotation.Nullable;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.JudgingSets;
import touchstone.api.judging.SetChoice;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;
import touchstone.spec.text.Problem;

/** Makes the sets that an organizer asks for: judging again, the final, and ablations. */
@Singleton
final class SetMaking {
    private static final int REASON_CHARACTERS_MAX = 400;

    /** More tell nothing that the try-out's ten do not, and cost a training each. */
    private static final int SEEDS_MAX = 20;

    private final Database database;
    private final JudgingSets sets;
    private final SetChoice choice;
    private final Tasks tasks;
    private final FinalChoices finals;
    private final Audit audit;
    private final ObjectMapper json;

    SetMaking(
            Database database,
            JudgingSets sets,
            SetChoice choice,
            Tasks tasks,
            FinalChoices finals,
            Audit audit,
            ObjectMapper json) {
        this.database = database;
        this.sets = sets;
        this.choice = choice;
        this.tasks = tasks;
        this.finals = finals;
        this.audit = audit;
        this.json = json;
    }

    /**
     * A set to be made.
     *
     * @param kind rejudge, final or ablation
     * @param choose which submissions are judged; a final takes what the teams chose
     * @param reason everybody reads it when the set is applied
     * @param version of the task to judge under; null = the current one
     * @param seeds how many, from 1 on; null = as many as the recipe says. A final has its own, an ablation the board's
     * @param behind false = in turn with what contestants send; null or true = behind it
     */
    record Wanted(
            @Nullable String kind,
            @Nullable Choose choose,
            @Nullable String reason,
            @Nullable Integer version,
            @Nullable Integer seeds,
            @Nullable Boolean behind) {}

    /**
     * All conditions hold together; what is left out holds for all.
     *
     * @param from accepted at this time or later
     * @param to accepted before this time
     * @param verdict scored, rejected or waiting-on-us; an ablation takes what is scored
     * @param version that they were last judged under; an ablation takes what was judged under its own
     * @param submissions no others than these
     */
    record Choose(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String verdict,
            @Nullable Integer version,
            @Nullable List<UUID> submissions) {}

    /** @param with runs in the same transaction, for a request's idempotency key */
    UUID make(TaskVersion task, Caller caller, Wanted wanted, Consumer<UUID> with) {
        JudgingSet.Kind kind = kind(wanted);
        List<Problem> problems = new ArrayList<>();
        checkReason(wanted.reason(), problems);
        int version = checkVersion(task, wanted, kind, problems);
        checkSeeds(wanted, kind, problems);
        if (kind != JudgingSet.Kind.FINAL && wanted.choose() == null)
            problems.add(Problem.of(null, "\"choose\" is missing", "{} for all, or conditions"));
        if (kind == JudgingSet.Kind.FINAL && wanted.choose() != null)
            problems.add(Problem.of(null, "a final takes what the teams chose", "no \"choose\""));
        if (kind == JudgingSet.Kind.ABLATION) checkComparable(wanted.choose(), version, problems);
        refuse(problems);
        return database.transaction(() -> {
            database.get("select id from task where id = ? for update", row -> row.uuid("id"), task.task());
            List<UUID> submissions = submissions(task, kind, version, wanted.choose());
            UUID set = sets.create(new JudgingSets.Order(
                    task.task(),
                    version,
                    kind,
                    caller.account(),
                    String.valueOf(wanted.reason()).strip(),
                    submissions,
                    seeds(wanted),
                    wanted.behind() == null || wanted.behind(),
                    wanted.choose() == null ? null : write(wanted.choose())));
            refuseEmpty(set);
            audit.record(
                    caller.account(),
                    "judging-set.create",
                    set.toString(),
                    kind.word() + " of " + submissions.size() + " submissions of " + task.slug() + ": "
                            + wanted.reason());
            with.accept(set);
            return set;
        });
    }

    private static JudgingSet.Kind kind(Wanted wanted) {
        if ("rejudge".equals(wanted.kind())) return JudgingSet.Kind.REJUDGE;
        if ("final".equals(wanted.kind())) return JudgingSet.Kind.FINAL;
        if ("ablation".equals(wanted.kind())) return JudgingSet.Kind.ABLATION;
        throw Refusal.badRequest("judging-set", "\"kind\" is " + wanted.kind() + "; write rejudge, final or ablation.");
    }

    private static void checkReason(@Nullable String reason, List<Problem> problems) {
        if (reason == null || reason.isBlank())
            problems.add(Problem.of(
                    null, "\"reason\" is missing", "a sentence: contestants read it when the set is applied"));
        else if (reason.length() > REASON_CHARACTERS_MAX || reason.chars().anyMatch(Character::isISOControl))
            problems.add(Problem.of(
                    null,
                    "\"reason\" is too long or not plain text",
                    "at most " + REASON_CHARACTERS_MAX + " characters"));
    }

    private int checkVersion(TaskVersion task, Wanted wanted, JudgingSet.Kind kind, List<Problem> problems) {
        Integer version = wanted.version();
        if (version == null || version == task.version()) return task.version();
        boolean known = database.find(
                        "select n from task_version where task = ? and n = ? and published is not null",
                        row -> row.integer("n"),
                        task.task(),
                        version)
                .isPresent();
        if (!known || kind == JudgingSet.Kind.FINAL)
            problems.add(Problem.of(
                    null,
                    kind == JudgingSet.Kind.FINAL
                            ? "a final judges under the current version"
                            : "the task has no version " + version,
                    "\"version\": " + task.version()));
        return version;
    }

    private static void checkSeeds(Wanted wanted, JudgingSet.Kind kind, List<Problem> problems) {
        Integer seeds = wanted.seeds();
        if (seeds == null) return;
        if (kind == JudgingSet.Kind.FINAL)
            problems.add(Problem.of(null, "a final has the seeds that were drawn at the start", "no \"seeds\""));
        else if (kind == JudgingSet.Kind.ABLATION)
            problems.add(Problem.of(
                    null, "an ablation has the seeds of the board, so that differences are paired", "no \"seeds\""));
        else if (seeds < 1 || seeds > SEEDS_MAX)
            problems.add(Problem.of(null, "\"seeds\" is " + seeds, "1 to " + SEEDS_MAX));
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) throw Refusal.problems("judging-set", "The judging set cannot be made", problems);
    }

    private static @Nullable List<Long> seeds(Wanted wanted) {
        Integer seeds = wanted.seeds();
        return seeds == null ? null : LongStream.rangeClosed(1, seeds).boxed().toList();
    }

    /** What is left out is held against a score with everything, and that of the same version. */
    private static void checkComparable(@Nullable Choose choose, int version, List<Problem> problems) {
        if (choose == null) return;
        if (choose.verdict() != null && verdict(choose.verdict()) != SetChoice.Verdict.SCORED)
            problems.add(Problem.of(null, "an ablation is of submissions with a score", "\"verdict\": \"scored\""));
        if (choose.version() != null && choose.version() != version)
            problems.add(Problem.of(
                    null,
                    "an ablation is of submissions that were judged under its own version",
                    "\"version\": " + version));
    }

    private void refuseEmpty(UUID set) {
        if (sets.progress(set).members() == 0)
            refuse(List.of(Problem.of(
                    null,
                    "no strategy that was chosen has samples, labels or weights to leave out",
                    "other conditions in \"choose\"")));
    }

    private List<UUID> submissions(TaskVersion task, JudgingSet.Kind kind, int version, @Nullable Choose choose) {
        // As it is under the lock: its closing may have moved since the request was read.
        if (kind == JudgingSet.Kind.FINAL)
            return finalists(tasks.find(task.task()).orElseThrow(Refusal::notFound));
        Choose wanted = choose == null ? new Choose(null, null, null, null, null) : choose;
        return chosen(
                task,
                kind == JudgingSet.Kind.REJUDGE
                        ? wanted
                        : new Choose(wanted.from(), wanted.to(), "scored", version, wanted.submissions()));
    }

    private List<UUID> chosen(TaskVersion task, Choose wanted) {
        List<UUID> chosen = choice.choose(
                task.task(),
                new SetChoice.Conditions(
                        wanted.from(), wanted.to(), verdict(wanted.verdict()), wanted.version(), wanted.submissions()));
        if (wanted.submissions() != null) refuse(unknown(wanted.submissions(), new HashSet<>(chosen)));
        if (chosen.isEmpty())
            refuse(List.of(Problem.of(
                    null, "no submission that came to something is like that", "other conditions in \"choose\"")));
        return chosen;
    }

    private static SetChoice.@Nullable Verdict verdict(@Nullable String verdict) {
        if (verdict == null) return null;
        return switch (verdict.toLowerCase(Locale.ROOT)) {
            case "scored" -> SetChoice.Verdict.SCORED;
            case "rejected" -> SetChoice.Verdict.REJECTED;
            case "waiting-on-us" -> SetChoice.Verdict.WAITING_ON_US;
            default ->
                throw Refusal.badRequest(
                        "judging-set", "\"verdict\" is not known; write scored, rejected or waiting-on-us.");
        };
    }

    private static List<Problem> unknown(List<UUID> wanted, Set<UUID> chosen) {
        return wanted.stream()
                .filter(one -> !chosen.contains(one))
                .map(one -> Problem.of(
                        null,
                        "the submission " + one
                                + " is not of this task, is not judged, was withdrawn or does not fit the"
                                + " other conditions",
                        null))
                .toList();
    }

    /** Under the task's lock: of two finals at once the second is refused. */
    private List<UUID> finalists(TaskVersion task) {
        if (!finals.isOver(task))
            throw Refusal.conflict(
                    "final-too-early",
                    "The contest has not closed",
                    "A final is judged when nobody can submit any more. Set \"closes\" of the task, and ask again then.");
        finals.uploadsUntil(task).ifPresent(until -> {
            throw Refusal.conflict(
                    "final-too-early",
                    "Uploads may still be on their way",
                    "What began to be sent before the close counts as in time, and may take a while. Ask again at "
                            + until + ".");
        });
        refuseUnsettled(task);
        boolean underWay = database.find(
                        "select id from judging_set where task = ? and kind = 'final' and state in ('open', 'previewed')",
                        row -> row.uuid("id"),
                        task.task())
                .isPresent();
        if (underWay)
            throw Refusal.conflict(
                    "final-under-way", "A final is under way", "Apply or drop the one that is made already.");
        List<UUID> finalists = finals.finalists(task);
        if (finalists.isEmpty())
            throw Refusal.conflict(
                    "judging-set-empty", "Nobody is on the board", "There is nothing to judge in a final.");
        return finalists;
    }

    private void refuseUnsettled(TaskVersion task) {
        int unsettled = database.get("""
                select count(*) as submissions from submission s
                where s.task = ? and s.withdrawn is null and not exists (
                    select 1 from judging j where j.submission = s.id and j.valid and j.state in ('settled', 'cancelled'))
                """, row -> row.integer("submissions"), task.task());
        if (unsettled > 0)
            throw Refusal.conflict(
                    "final-too-early",
                    "Not everything is judged",
                    unsettled
                            + " submissions are not judged yet, and may be somebody's best. Ask again when they are;"
                            + " requeue what is held, judge it again, or cancel it.");
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
