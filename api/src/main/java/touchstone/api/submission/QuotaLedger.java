package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.You;
import touchstone.spec.task.TaskFile;

/** What teams have spent. A refunded charge is as if it had not been. */
@Singleton
final class QuotaLedger {
    private static final Duration DAY = Duration.ofHours(24);

    /** So many of a day that were rejected, or ran out of memory or time, bring no wait. Each took a machine and cost nothing. */
    private static final int FREE_OF_WAITS = 3;

    /** Of one team within a day, before anything was computed for them. */
    static final int CANCELLED_MAX = 100;

    private static final Duration FIRST_WAIT = Duration.ofMinutes(5);
    private static final Duration LONGEST_WAIT = Duration.ofHours(2);

    private final Database database;
    private final InstantSource clock;

    QuotaLedger(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    You.Quota standing(@Nullable UUID team, TaskFile.Quota quota) {
        return standing(team == null ? List.of() : charges(team), quota, clock.instant());
    }

    /** @param charges in the order of their times */
    static You.Quota standing(List<Instant> charges, TaskFile.Quota quota, Instant now) {
        Instant dayAgo = now.minus(DAY);
        List<Instant> ofDay =
                charges.stream().filter(charge -> charge.isAfter(dayAgo)).toList();
        int totalLeft = Math.max(0, quota.total() - charges.size());
        int left = Math.min(totalLeft, Math.max(0, quota.perDay() - ofDay.size()));
        boolean waits = left == 0 && totalLeft > 0 && quota.perDay() > 0;
        Instant nextFree = waits ? ofDay.get(ofDay.size() - quota.perDay()).plus(DAY) : null;
        return new You.Quota(quota.perDay(), left, quota.total(), totalLeft, nextFree);
    }

    /** Must run under the team's lock, in the transaction that makes the submission. */
    void charge(UUID submission, UUID team, UUID task, TaskFile.Quota quota) {
        You.Quota standing = standing(team, quota);
        if (standing.left() == 0) throw usedUp(standing);
        coolDown(team).ifPresent(wait -> {
            throw Refusal.tooMany(
                    "cool-down",
                    "Wait a little",
                    wait.why(),
                    Duration.between(clock.instant(), wait.until()).plusSeconds(1));
        });
        refuseCancelledWithoutEnd(team);
        insert(submission, "charge", team, task, "submitted");
    }

    /** What is cancelled before it starts costs nothing and leaves a submission behind. Enough for anybody who changes their mind. */
    private void refuseCancelledWithoutEnd(UUID team) {
        Instant now = clock.instant();
        List<Instant> cancelled =
                database.list("""
                select at from quota_entry where team = ? and kind = 'refund' and reason = ? and at > ? order by at
                """, row -> row.instant("at"), team, RefundReason.CANCELLED, now.minus(DAY));
        if (cancelled.size() < CANCELLED_MAX) return;
        Instant next = cancelled.get(cancelled.size() - CANCELLED_MAX).plus(DAY);
        throw Refusal.tooMany(
                "cancelled-often",
                "Cancelled very often",
                "Your team has cancelled " + cancelled.size()
                        + " submissions within 24 hours before they started, which costs nothing but may not go on for ever."
                        + " The next is taken at " + next.truncatedTo(ChronoUnit.SECONDS)
                        + "; a check tells what a strategy changes without a submission.",
                Duration.between(now, next).plusSeconds(1));
    }

    /**
     * After many submissions within a day that were rejected, or that ran out of memory or time again and again, a team waits,
     * longer after each: they cost it nothing and machines a lot.
     */
    Optional<QuotaView.CoolDown> coolDown(UUID team) {
        record Freed(Instant at, boolean overLimit) {}
        Instant now = clock.instant();
        List<Freed> freed = database.list(
                """
                select at, reason from quota_entry
                where team = ? and kind = 'refund' and reason in (?, ?) and at > ? order by at
                """,
                row -> new Freed(row.instant("at"), row.text("reason").equals(RefundReason.OVER_LIMIT)),
                team,
                RefundReason.REJECTED,
                RefundReason.OVER_LIMIT,
                now.minus(DAY));
        if (freed.size() < FREE_OF_WAITS) return Optional.empty();
        Instant until = freed.getLast().at().plus(waitAfter(freed.size()));
        if (!until.isAfter(now)) return Optional.empty();
        int overLimit = (int) freed.stream().filter(Freed::overLimit).count();
        return Optional.of(new QuotaView.CoolDown(
                until,
                why(freed.size() - overLimit, overLimit) + " The next is taken at "
                        + until.truncatedTo(ChronoUnit.SECONDS) + "; the wait grows with each."));
    }

    private static String why(int rejected, int overLimit) {
        String free = " within 24 hours, at no cost to you.";
        if (overLimit == 0) return rejected + " submissions of your team were rejected" + free;
        String ran = overLimit + (overLimit == 1 ? " submission" : " submissions")
                + " of your team ran out of memory or time on our machines"
                + (rejected == 0 ? "" : " and " + rejected + (rejected == 1 ? " was" : " were") + " rejected");
        return ran + free
                + " Running out is mostly our limit and not your mistake, and an operator looks at it; meanwhile"
                + " machines are kept for everybody.";
    }

    /** @param freed submissions of the last day that were rejected or ran out of memory or time */
    static Duration waitAfter(int freed) {
        if (freed < FREE_OF_WAITS) return Duration.ZERO;
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(freed - FREE_OF_WAITS, 16));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** A team's entries, newest submission first. */
    Page<QuotaView.Entry> entries(UUID team, int beforeNumber) {
        List<QuotaView.Entry> found = database.list(
                """
                select s.id, s.number, s.title, charge.at, charge.reason, refund.at as refunded,
                       refund.reason as refund_reason
                from submission s
                join quota_entry charge on charge.submission = s.id and charge.kind = 'charge'
                left join quota_entry refund on refund.submission = s.id and refund.kind = 'refund'
                where s.team = ? and s.number < ? order by s.number desc limit ?
                """,
                row -> new QuotaView.Entry(
                        row.uuid("id"),
                        row.integer("number"),
                        row.text("title"),
                        new Charge(
                                row.instant("at"),
                                row.text("reason"),
                                row.findInstant("refunded"),
                                row.findText("refund_reason"))),
                team,
                beforeNumber,
                Page.ITEMS_MAX + 1);
        return Page.of(found, entry -> Integer.toString(entry.number()));
    }

    private Refusal usedUp(You.Quota standing) {
        Instant next = standing.nextFree();
        if (next == null)
            return Refusal.tooMany(
                    "quota-used",
                    "Quota used up",
                    "Your team has used all " + standing.total() + " submissions of this contest.",
                    null);
        return Refusal.tooMany(
                "quota-used",
                "Quota used up",
                "Your team has used its " + standing.perDay()
                        + " submissions of the last 24 hours. The next is free at "
                        + next.truncatedTo(ChronoUnit.SECONDS) + ".",
                Duration.between(clock.instant(), next));
    }

    /** Undoes a charge, if there is one; a second refund changes nothing. */
    void refund(UUID submission, UUID team, UUID task, String reason) {
        boolean charged = database.find(
                        "select submission from quota_entry where submission = ? and kind = 'charge'",
                        row -> row.uuid("submission"),
                        submission)
                .isPresent();
        if (charged) insert(submission, "refund", team, task, reason);
    }

    private void insert(UUID submission, String kind, UUID team, UUID task, String reason) {
        database.change("""
                insert into quota_entry (submission, kind, team, task, at, reason) values (?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """, submission, kind, team, task, clock.instant(), reason);
    }

    private List<Instant> charges(UUID team) {
        return database.list("""
                select charge.at from quota_entry charge
                where charge.team = ? and charge.kind = 'charge'
                  and not exists (select 1 from quota_entry refund
                                  where refund.submission = charge.submission and refund.kind = 'refund')
                order by charge.at
                """, row -> row.instant("at"), team);
    }
}
