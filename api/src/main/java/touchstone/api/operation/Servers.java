package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;

/** Starts of servers that run jobs, or did lately. */
@Singleton
final class Servers {
    /** Older ones without a job are history. */
    private static final Duration LATELY = Duration.ofDays(1);

    /** A living server tells every few seconds. */
    private static final Duration SEEN_LATELY = Duration.ofMinutes(1);

    private final Database database;
    private final InstantSource clock;

    Servers(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * @param seenSecondsAgo some seconds = it lives; by the clocks of both machines, so for people only
     * @param drained since when it starts no more jobs; null = it does
     * @param jobs attempts that are open on it
     * @param trouble what keeps jobs from starting where it sends them; null = nothing
     */
    record Server(
            UUID instance,
            String host,
            Instant started,
            long seenSecondsAgo,
            @Nullable Instant drained,
            int jobs,
            @Nullable String trouble) {}

    private static final String SERVERS = """
            select i.id, i.host, i.started, i.seen, i.drained, i.trouble,
                   (select count(*) from attempt a where a.instance = i.id and a.state <> 'ended') as jobs
            from instance i
            """;

    Page<Server> list() {
        Instant now = clock.instant();
        return new Page<>(
                database.list(SERVERS + """
                                where i.seen > ? or exists
                                    (select 1 from attempt a where a.instance = i.id and a.state <> 'ended')
                                order by i.seen desc, i.id limit ?
                                """, row -> server(row, now), now.minus(LATELY), Page.ITEMS_MAX), null);
    }

    Optional<Server> find(UUID instance) {
        Instant now = clock.instant();
        return database.find(SERVERS + " where i.id = ?", row -> server(row, now), instance);
    }

    private static Server server(Row row, Instant now) throws SQLException {
        return new Server(
                row.uuid("id"),
                row.text("host"),
                row.instant("started"),
                Math.max(0, Duration.between(row.instant("seen"), now).toSeconds()),
                row.findInstant("drained"),
                row.integer("jobs"),
                row.findText("trouble"));
    }

    /** Whether each server that lives and takes jobs is kept from starting any. */
    boolean allInTrouble() {
        return database.get(
                "select count(*) as alive, count(trouble) as troubled from instance where seen > ? and drained is null",
                row -> row.integer("alive") > 0 && row.integer("alive") == row.integer("troubled"),
                clock.instant().minus(SEEN_LATELY));
    }
}
