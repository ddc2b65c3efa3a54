package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import touchstone.api.storage.Database;

/**
 * Drops what settled judgings leave behind and nobody needs any more. Scores, what was right, reports, fingerprints and
 * snapshots stay for ever: boards, receipts and rank sets are made of them. Weights are only a saving of time: a run without
 * them trains again, to the same bits.
 */
@Singleton
public final class Retention {
    /** Of judgings that count: long enough to score a contest again after its end, on a hidden test that was mended. */
    static final Duration WEIGHTS_KEPT = Duration.ofDays(180);

    /** Of judgings that do not count (any more): rejected, cancelled, superseded, dropped with their set. */
    static final Duration OTHER_WEIGHTS_KEPT = Duration.ofDays(30);

    /** Logs are for finding out why something failed. */
    static final Duration LOGS_KEPT = Duration.ofDays(90);

    /** Of attempts that were not the last of their run; nobody is shown them. */
    static final Duration OTHER_CURVES_KEPT = Duration.ofDays(30);

    private final Database database;
    private final InstantSource clock;

    Retention(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What a round dropped: references to weights, logs, points of curves. */
    public record Dropped(int weights, int logs, int curvePoints) {}

    public Dropped collect() {
        return new Dropped(dropAttemptWeights() + dropRunWeights(), dropLogs(), dropCurves());
    }

    private Instant before(Duration kept) {
        return clock.instant().minus(kept);
    }

    /** The run took them over when its training ended; an attempt that ended before needs them even less. */
    private int dropAttemptWeights() {
        return database.change(
                "update attempt set weights_blob = null where weights_blob is not null and open_key is null");
    }

    private int dropRunWeights() {
        return database.change("""
                update run set weights_blob = null
                where weights_blob is not null and state in ('done', 'cancelled') and judging in (
                  select id from judging
                  where state = 'settled' and (settled < ? or (settled < ? and (valid = false or verdict = 'rejected')))
                    or state = 'cancelled' and created < ?)
                """, before(WEIGHTS_KEPT), before(OTHER_WEIGHTS_KEPT), before(OTHER_WEIGHTS_KEPT));
    }

    private int dropLogs() {
        return database.change("update attempt set log = null where log is not null and ended < ?", before(LOGS_KEPT));
    }

    private int dropCurves() {
        return database.change("""
                delete from curve where exists (
                  select attempt.n from attempt join run on run.id = attempt.run
                  where attempt.run = curve.run and attempt.n = curve.n
                    and attempt.n < run.attempts and attempt.ended < ?)
                """, before(OTHER_CURVES_KEPT));
    }
}
