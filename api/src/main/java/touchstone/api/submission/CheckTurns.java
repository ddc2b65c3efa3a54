package touchstone.api.submission;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;

/**
 * Whose archive is checked: one at a time of an account, or one account could take every place for checks; and after many
 * unsound archives in a row none for a while, since checks cost us and not the one who sends them. Kept in the database, so
 * that it holds on every server and after a restart.
 */
@Singleton
final class CheckTurns {
    private static final Logger log = LoggerFactory.getLogger(CheckTurns.class);

    /** A turn is held for so long and then again, so that one whose server was killed is free soon. */
    static final Duration HELD = Duration.ofSeconds(20);

    private static final Duration RENEWED_EVERY = Duration.ofSeconds(5);

    /** In a row, before there is any wait: enough for a person who mends one line at a time. */
    static final int FAILURES_FREE = 10;

    static final Duration FIRST_WAIT = Duration.ofSeconds(15);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    /** Failures longer ago than this are forgotten. */
    static final Duration REMEMBERED = Duration.ofHours(1);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);

    private final Database database;
    private final InstantSource clock;
    private final Duration renewedEvery;

    @Inject
    CheckTurns(Database database, InstantSource clock) {
        this(database, clock, RENEWED_EVERY);
    }

    CheckTurns(Database database, InstantSource clock, Duration renewedEvery) {
        this.database = database;
        this.clock = clock;
        this.renewedEvery = renewedEvery;
    }

    private record Turn(
            @Nullable UUID holder,
            @Nullable Instant busyUntil,
            int failures,
            @Nullable Instant coolUntil) {}

    /** @param sound tells of what {@code work} answers; work that throws counts neither way */
    <T> T inTurn(UUID account, Supplier<T> work, Predicate<T> sound) {
        UUID holder = UUID.randomUUID();
        database.transaction(() -> take(account, holder));
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> renew(account, holder, done));
        try {
            T answer = work.get();
            database.transaction(() -> count(account, sound.test(answer)));
            return answer;
        } finally {
            done.countDown();
            database.change(
                    "update check_turn set holder = null, busy_until = null where account = ? and holder = ?",
                    account,
                    holder);
        }
    }

    /** Ends by the latch and never by an interrupt, which would close the database's files under everybody. */
    private void renew(UUID account, UUID holder, CountDownLatch done) {
        try {
            while (!done.await(renewedEvery.toMillis(), TimeUnit.MILLISECONDS))
                database.change(
                        "update check_turn set busy_until = ? where account = ? and holder = ?",
                        clock.instant().plus(HELD),
                        account,
                        holder);
        } catch (DatabaseFault.Passing e) {
            log.warn("a check's turn could not be kept, so another may begin beside it: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(UUID account, UUID holder) {
        Instant now = clock.instant();
        Turn turn = locked(account);
        if (turn.holder() != null && isAhead(turn.busyUntil(), now, HELD)) throw busy();
        if (isAhead(turn.coolUntil(), now, LONGEST_WAIT)) throw cooling(turn, now);
        database.change(
                "update check_turn set holder = ?, busy_until = ? where account = ?", holder, now.plus(HELD), account);
    }

    private Turn locked(UUID account) {
        database.change("insert into check_turn (account, failures) values (?, 0) on conflict do nothing", account);
        return database.get(
                "select holder, busy_until, failures, cool_until from check_turn where account = ? for update",
                row -> new Turn(
                        row.findUuid("holder"),
                        row.findInstant("busy_until"),
                        row.integer("failures"),
                        row.findInstant("cool_until")),
                account);
    }

    /** A time further ahead than any that is written was written before the clock was set back; it binds nobody. */
    private static boolean isAhead(@Nullable Instant until, Instant now, Duration longest) {
        return until != null && until.isAfter(now) && !until.isAfter(now.plus(longest));
    }

    private void count(UUID account, boolean sound) {
        Instant now = clock.instant();
        Turn turn = locked(account);
        boolean old =
                turn.coolUntil() == null || turn.coolUntil().plus(REMEMBERED).isBefore(now);
        int failures = sound ? 0 : (old ? 0 : turn.failures()) + 1;
        database.change(
                "update check_turn set failures = ?, cool_until = ? where account = ?",
                failures,
                sound ? null : now.plus(waitAfter(failures)),
                account);
    }

    /** @param failures unsound archives in a row */
    static Duration waitAfter(int failures) {
        if (failures <= FAILURES_FREE) return Duration.ZERO;
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - FAILURES_FREE - 1, 16));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    private static Refusal busy() {
        return Refusal.tooMany(
                "check-running",
                "A check is running",
                "Another archive of yours is being checked, and an account checks one at a time. Wait until that is"
                        + " answered, then send this one again.",
                TRY_AGAIN);
    }

    private static Refusal cooling(Turn turn, Instant now) {
        Instant until = turn.coolUntil() == null ? now : turn.coolUntil();
        return Refusal.tooMany(
                "cool-down",
                "Wait a little",
                "Your last " + turn.failures() + " archives had problems, so the next is taken at "
                        + until.truncatedTo(ChronoUnit.SECONDS)
                        + "; the wait grows with each and ends with the first sound one. Meanwhile \"touchstone check\" reads"
                        + " archives on your own machine, as often as you like.",
                Duration.between(now, until).plusSeconds(1));
    }
}
