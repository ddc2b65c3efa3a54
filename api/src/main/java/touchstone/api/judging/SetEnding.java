package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.submission.TeamFreeze;
import touchstone.api.task.ChangeLog;

/**
 * Applies or drops a set as a whole, in one transaction: until then nobody but the organizer knows of it, and afterwards the
 * board has moved once. What is replaced stays readable.
 *
 * <p>Order of locks: the set, its judgings and those that they replace, teams, the task.
 */
@Singleton
public final class SetEnding {
    /** Judgings that the judgings of a set take the place of, when it is applied. */
    private static final String REPLACED_BY_REJUDGE = """
            judging.valid and judging.variant = '' and judging.judging_set <> ?
              and judging.judging_set in (select id from judging_set where task = ? and kind in ('board', 'rejudge'))
              and judging.submission in (select n.submission from judging n where n.judging_set = ? and n.state = 'settled')
            """;

    /** The latest final is the final: what an earlier one said does not count in any part. */
    private static final String REPLACED_BY_FINAL = """
            judging.valid and judging.judging_set <> ?
              and judging.judging_set in (select id from judging_set where task = ? and kind = 'final')
              and cast(? as uuid) is not null
            """;

    private final Database database;
    private final JudgingSets sets;
    private final JudgingLock locks;
    private final Settling settling;
    private final Refunds refunds;
    private final TeamFreeze freeze;
    private final TaskFiles tasks;
    private final ChangeLog changes;
    private final Audit audit;
    private final InstantSource clock;

    SetEnding(
            Database database,
            JudgingSets sets,
            JudgingLock locks,
            Settling settling,
            Refunds refunds,
            TeamFreeze freeze,
            TaskFiles tasks,
            ChangeLog changes,
            Audit audit,
            InstantSource clock) {
        this.database = database;
        this.sets = sets;
        this.locks = locks;
        this.settling = settling;
        this.refunds = refunds;
        this.freeze = freeze;
        this.tasks = tasks;
        this.changes = changes;
        this.audit = audit;
        this.clock = clock;
    }

    /** A set that is applied already stays so; one that is not judged to the end, or was dropped, is refused. */
    public void apply(UUID id, @Nullable UUID actor) {
        database.transaction(() -> {
            JudgingSet set = sets.lock(id);
            if (set.state() == JudgingSet.State.APPLIED) return;
            refuseWhenNotReady(set);
            lockJudgings(set);
            refundRejected(set);
            freezeScored(set);
            locks.lockTask(set.task());
            replace(set, nextSeq());
            changes.add(set.task(), "judging-set-applied", told(set));
            tellLeftOut(set);
            audit.record(
                    actor, "judging-set.apply", set.id().toString(), set.kind().word() + ": " + set.reason());
        });
    }

    private void refuseWhenNotReady(JudgingSet set) {
        if (!set.kind().mayBeApplied())
            throw Refusal.conflict(
                    "judging-set-kind",
                    "Nothing to apply",
                    "A set of kind " + set.kind().word() + " is only read. Drop it when you have.");
        if (set.state() == JudgingSet.State.DROPPED)
            throw Refusal.conflict(
                    "judging-set-ended", "It was dropped", "This set was dropped. Make a new one to judge again.");
        JudgingSets.Progress progress = sets.progress(set.id());
        if (progress.missing() > 0)
            throw Refusal.conflict("judging-set-incomplete", "Not judged to the end", missing(progress));
        if (progress.settled() == 0)
            throw Refusal.conflict(
                    "judging-set-empty",
                    "Nothing to apply",
                    "None of its submissions was judged: all were withdrawn or cancelled. Drop the set.");
    }

    private static String missing(JudgingSets.Progress progress) {
        String parts = Stream.of(
                        part(progress.unopened() + progress.waiting(), "in the queue"),
                        part(progress.running(), "running"),
                        part(progress.waitingOnUs(), "held after a fault until an operator looks"))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        return progress.missing() + " of its " + progress.members() + " submissions are not judged yet: " + parts
                + ". Ask again when they are, or drop the set.";
    }

    private static String part(int count, String where) {
        return count == 0 ? "" : count + " " + where;
    }

    private static String replaced(JudgingSet set) {
        return set.kind() == JudgingSet.Kind.FINAL ? REPLACED_BY_FINAL : REPLACED_BY_REJUDGE;
    }

    /** Always in the order of ids, so that two applies wait for each other and do not lock each other out. */
    private void lockJudgings(JudgingSet set) {
        database.list(
                "select id from judging where judging_set = ? or (" + replaced(set) + ") order by id for update",
                row -> row.uuid("id"),
                set.id(),
                set.id(),
                set.task(),
                set.id());
    }

    /** Only ever gives back: a set charges nobody. */
    private void refundRejected(JudgingSet set) {
        if (set.kind() != JudgingSet.Kind.REJUDGE || set.version() == null) return;
        if (!tasks.get(set.task(), set.version()).quota().rejectedFree()) return;
        record Charged(UUID submission, UUID team) {}
        List<Charged> rejected = database.list("""
                select s.id, s.team from judging j join submission s on s.id = j.submission and s.withdrawn is null
                where j.judging_set = ? and j.verdict = 'rejected' order by s.team, s.id
                """, row -> new Charged(row.uuid("id"), row.uuid("team")), set.id());
        rejected.forEach(charged -> refunds.refund(charged.submission(), charged.team(), "rejected when judged again"));
    }

    /** What a first score does to a team, now that it counts. */
    private void freezeScored(JudgingSet set) {
        Instant now = clock.instant();
        database.list("""
                select distinct s.team from judging j join submission s on s.id = j.submission and s.withdrawn is null
                where j.judging_set = ? and j.verdict = 'scored' order by s.team
                """, row -> row.uuid("team"), set.id()).forEach(team -> freeze.scored(team, now));
    }

    /** Under the task's lock, so that numbers are committed in their order. */
    private long nextSeq() {
        return database.get("select nextval('settled_seq') as seq", row -> row.number("seq"));
    }

    private void replace(JudgingSet set, long seq) {
        database.list(
                        "select id from judging where state not in ('settled', 'cancelled') and (" + replaced(set)
                                + ") order by id",
                        row -> row.uuid("id"),
                        set.id(),
                        set.task(),
                        set.id())
                .forEach(old -> settling.cancel(old, "judged again in another judging set"));
        database.change("""
                update judging set valid = false, gone_seq = ?,
                       superseded_by = (select n.id from judging n
                                        where n.judging_set = ? and n.submission = judging.submission
                                          and n.variant = judging.variant and n.state = 'settled')
                where %s
                """.formatted(replaced(set)), seq, set.id(), set.id(), set.task(), set.id());
        database.change("""
                update judging set valid = true
                where judging_set = ? and state = 'settled'
                  and submission in (select id from submission where withdrawn is null)
                """, set.id());
        database.change("""
                update judging set gone_seq = ?
                where judging_set = ? and state = 'settled'
                  and submission in (select id from submission where withdrawn is not null)
                """, seq, set.id());
        database.change(
                "update judging_set set state = 'applied', applied_seq = ?, ended = ? where id = ?",
                seq,
                clock.instant(),
                set.id());
    }

    private String told(JudgingSet set) {
        JudgingSets.Progress progress = sets.progress(set.id());
        int judged = progress.settled();
        int left = progress.cancelled();
        String submissions = (judged == 1 ? "1 submission" : judged + " submissions")
                + (left == 0 ? "" : " (" + left + " left out)");
        return set.kind() == JudgingSet.Kind.FINAL
                ? "The final was judged: " + submissions + ". " + set.reason()
                : submissions + (judged == 1 ? " was" : " were") + " judged again. " + set.reason();
    }

    /** Everybody reads whose submission was left out and why: nobody is taken out of a final in silence. */
    private void tellLeftOut(JudgingSet set) {
        String of = set.kind() == JudgingSet.Kind.FINAL ? "the final" : "judging again";
        database.list(
                        """
                        select s.number, m.name, j.fault
                        from judging j join submission s on s.id = j.submission and s.withdrawn is null
                        join team m on m.id = s.team
                        where j.judging_set = ? and j.state = 'cancelled' and j.fault is not null
                        order by s.seq
                        """,
                        row -> "Submission " + row.integer("number") + " of " + row.text("name") + " was left out of "
                                + of + ", since it could not be judged: " + row.text("fault"),
                        set.id())
                .forEach(told -> changes.add(set.task(), "submission-left-out", told));
    }

    /**
     * What is held and can never be judged does not keep the rest of a set from being applied. A submission that is left out
     * keeps what it had; of a final it is no part. What waits or runs is judged: it is nobody's to take out.
     *
     * @param reason one line; public once the set is applied
     */
    public void leaveOut(UUID id, UUID submission, UUID actor, String reason) {
        database.transaction(() -> {
            JudgingSet set = sets.lock(id);
            if (set.state() == JudgingSet.State.APPLIED || set.state() == JudgingSet.State.DROPPED)
                throw Refusal.conflict("judging-set-ended", "It has ended", "This set is applied or dropped already.");
            refuseWhenUnopened(set);
            List<Part> parts = database.list(
                    "select id, state from judging where judging_set = ? and submission = ? order by id for update",
                    row -> new Part(row.uuid("id"), row.text("state")),
                    id,
                    submission);
            if (parts.isEmpty()) throw Refusal.notFound();
            List<Part> left = parts.stream().filter(part -> !part.hasEnded()).toList();
            refuseWhenNotHeld(left);
            left.forEach(part -> leaveOut(part.judging(), reason));
            audit.record(actor, "judging-set.leave-out", id.toString(), submission + ": " + reason);
        });
    }

    /** One judging of a submission; an ablation has some. */
    private record Part(UUID judging, String state) {
        boolean hasEnded() {
            return state.equals("settled") || state.equals("cancelled");
        }

        boolean isHeld() {
            return state.equals("waiting-on-us");
        }
    }

    /** Else a part of a submission would be left out, and the part that is opened later would not. */
    private void refuseWhenUnopened(JudgingSet set) {
        int unopened = sets.progress(set.id()).unopened();
        if (unopened > 0)
            throw Refusal.conflict(
                    "judging-set-incomplete",
                    "Not opened yet",
                    unopened + " of its judgings are not in the queue yet. Ask again in a moment.");
    }

    private static void refuseWhenNotHeld(List<Part> left) {
        if (left.isEmpty())
            throw Refusal.conflict(
                    "settled", "Too late", "It is judged in this set already, or was left out. Nothing was changed.");
        if (!left.stream().allMatch(Part::isHeld))
            throw Refusal.conflict(
                    "not-held",
                    "It is not held",
                    "It waits or runs in this set, so it can be judged. Only what is held after a fault is left out."
                            + " Nothing was changed.");
    }

    /** The reason stands where the fault stood, so that it can be told when the set is applied. */
    private void leaveOut(UUID judging, String reason) {
        settling.cancel(judging, "left out of its judging set");
        database.change("update judging set fault = ? where id = ?", reason, judging);
    }

    /** Stops what still runs. A set that is dropped already stays so; one that is applied is refused. */
    public void drop(UUID id, @Nullable UUID actor) {
        database.transaction(() -> {
            JudgingSet set = sets.lock(id);
            if (set.state() == JudgingSet.State.DROPPED) return;
            if (set.state() == JudgingSet.State.APPLIED)
                throw Refusal.conflict(
                        "judging-set-ended",
                        "It is applied",
                        "This set is applied. Make a new one to judge the same submissions again.");
            database.list(
                            "select id from judging where judging_set = ? and state not in ('settled', 'cancelled')"
                                    + " order by id for update",
                            row -> row.uuid("id"),
                            id)
                    .forEach(judging -> settling.cancel(judging, "its judging set was dropped"));
            database.change("update judging_set set state = 'dropped', ended = ? where id = ?", clock.instant(), id);
            audit.record(
                    actor, "judging-set.drop", set.id().toString(), set.kind().word() + ": " + set.reason());
        });
    }
}
