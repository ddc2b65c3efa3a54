package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;
import touchstone.api.submission.Judgement;
import touchstone.spec.job.CurvePoint;

/** How far the jobs of a judging have come, for people to look at. */
@Singleton
final class RunningJob {
    /** Seconds; several beats. */
    private static final long HEARD_STEP = 15;

    private static final String NO_MACHINE =
            "It is your turn, and the cluster has no machine free for it yet. It starts as soon as there is one; waiting costs"
                    + " you nothing.";

    private final Database database;
    private final JsonText json;
    private final InstantSource clock;

    RunningJob(Database database, JsonText json, InstantSource clock) {
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    /** Of the first seed that runs. */
    Optional<Judgement.Progress> progress(UUID judging) {
        return database.find(
                """
                select a.n, a.phase, a.session, a.detail, a.epoch, a.epochs, a.seconds_left, a.heard_at
                from attempt a join run r on r.id = a.run
                where r.judging = ? and a.open_key is not null order by r.seed_index
                """,
                row -> new Judgement.Progress(
                        row.text("phase"),
                        row.integer("epoch"),
                        row.integer("epochs"),
                        row.findText("session") == null && row.findText("detail") != null ? NO_MACHINE : null,
                        coarse(row.findDecimal("seconds_left")),
                        secondsSince(row.findInstant("heard_at")),
                        row.integer("n")),
                judging);
    }

    /**
     * To the nearest step of a scale, which grows with what is left: else every beat would be a new answer for each of those
     * who look on.
     */
    private static @Nullable Double coarse(@Nullable Double seconds) {
        if (seconds == null) return null;
        double step = seconds <= 60 ? 5 : seconds <= 600 ? 30 : seconds <= 3600 ? 60 : 300;
        return Math.ceil(seconds / step) * step;
    }

    /** Whole steps: 0 = within the last one. */
    private @Nullable Long secondsSince(@Nullable Instant heard) {
        return heard == null
                ? null
                : Math.max(0, Duration.between(heard, clock.instant()).toSeconds() / HEARD_STEP * HEARD_STEP);
    }

    /** Of the first seed, in its last attempt that trained; of another judging's run, when its training was taken over. */
    List<CurvePoint> curve(UUID judging) {
        return database.list("""
                select c.body from curve c
                where (c.run, c.n) in (
                    select last.run, max(last.n) from curve last
                    join run r on last.run = coalesce(r.trained_in, r.id)
                    where r.judging = ? and r.seed_index = 1 group by last.run)
                order by c.epoch
                """, row -> json.read(row.text("body"), CurvePoint.class), judging);
    }

    /** Why a judging that had begun stands still, until it is tried again. */
    Optional<String> setback(UUID judging) {
        return database.find(
                """
                select a.fault, r.failures
                from run r join attempt a on a.run = r.id and a.n = r.attempts
                where r.judging = ? and r.state = 'waiting' and a.fault is not null
                order by a.ended desc
                """,
                row -> FaultSentence.whenTriedAgain(row.word("fault", Fault.class), row.integer("failures")),
                judging);
    }
}
