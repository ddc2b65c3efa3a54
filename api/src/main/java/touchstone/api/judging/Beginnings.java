package touchstone.api.judging;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.api.runner.JobRunner;
import touchstone.api.storage.Database;

/**
 * Whether jobs begin at all where this runner sends them. When the last ones all came to nothing before they began, the place
 * is set up wrongly: an image that cannot be had, a server that cannot be reached from there. Then jobs are sent one at a
 * time, until one begins.
 */
final class Beginnings {
    /** More than one bad machine makes of them between others that begin. */
    private static final int IN_A_ROW = 10;

    /** What failed so long ago says nothing of now. */
    private static final Duration FRESH = Duration.ofHours(1);

    private final Database database;
    private final JobRunner runner;
    private final InstantSource clock;

    Beginnings(Database database, JobRunner runner, InstantSource clock) {
        this.database = database;
        this.runner = runner;
        this.clock = clock;
    }

    private record Start(
            boolean begun, Instant started, @Nullable String detail) {}

    /** For an operator; empty = jobs begin. */
    Optional<String> trouble() {
        return lastFailure()
                .map(last ->
                        "the last " + IN_A_ROW + " jobs came to nothing before they began, so they are sent one at a"
                                + " time; the last one: " + last.detail());
    }

    /** Of so many in a row; empty = one of them has begun. */
    private Optional<Start> lastFailure() {
        Instant now = clock.instant();
        List<Start> last = database.list(
                """
                select session, started, detail from attempt
                where runner = ? and (session is not null or fault = ?) and started <= ?
                order by started desc limit ?
                """,
                row -> new Start(row.findText("session") != null, row.instant("started"), row.findText("detail")),
                runner.name(),
                Fault.NEVER_STARTED,
                now,
                IN_A_ROW);
        boolean old = !last.isEmpty() && last.getFirst().started().isBefore(now.minus(FRESH));
        return last.size() < IN_A_ROW || old || last.stream().anyMatch(Start::begun)
                ? Optional.empty()
                : Optional.of(last.getFirst());
    }

    /** @param free slots of the runner @return how many jobs may be sent now */
    int most(int free) {
        Optional<Start> failure = free == 0 ? Optional.empty() : lastFailure();
        if (failure.isEmpty()) return free;
        return isOneOnItsWay(failure.get().started()) ? 0 : 1;
    }

    /** One that says what it waits for does not count: that may take hours, and is no fault of the place. */
    private boolean isOneOnItsWay(Instant since) {
        return database.find("""
                        select n from attempt
                        where runner = ? and open_key is not null and session is null and detail is null and started > ?
                        limit 1
                        """, row -> row.integer("n"), runner.name(), since).isPresent();
    }
}
