package touchstone.api.operation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;

/** Runs and their attempts, with how they ended. */
@Singleton
final class Runs {
    private static final TypeReference<Map<String, String>> FINGERPRINT = new TypeReference<>() {};

    private final Database database;
    private final ObjectMapper json;
    private final InstantSource clock;

    Runs(Database database, ObjectMapper json, InstantSource clock) {
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    /**
     * @param set kind of the judging set
     * @param failures attempts that count towards the three
     * @param trainedIn the run whose weights it was given; null = it trained, or will
     * @param lastFault of the last attempt that ended; null = none has
     */
    record Run(
            UUID run,
            UUID judging,
            UUID submission,
            String task,
            int version,
            String team,
            String set,
            int seedIndex,
            String state,
            String judgingState,
            int attempts,
            int failures,
            long priority,
            Instant created,
            @Nullable UUID trainedIn,
            @Nullable String lastFault,
            @Nullable String lastDetail) {}

    /**
     * @param seconds so far, or until it ended
     * @param host of the server that started it
     * @param node the cluster's machine that it was seen on; null = it ran beside the server, or was not seen
     * @param fault whose it was; null = open
     * @param fingerprint what its job told of where it computed: {@code device}, {@code threads}, {@code instructions} and
     *     libraries' versions; with a card {@code gpu}, {@code driver} and {@code cuda}; on a cluster {@code node},
     *     {@code image} as it was asked for, and {@code imageDigest} as the machine said what it runs. null = nothing of it is told yet
     * @param hasLog whether its job has sent what it printed
     */
    record Attempt(
            UUID run,
            int attempt,
            UUID submission,
            String task,
            String team,
            int seedIndex,
            String kind,
            String state,
            String phase,
            int epoch,
            int epochs,
            String runner,
            UUID instance,
            String host,
            @Nullable String node,
            Instant started,
            @Nullable Instant ended,
            long seconds,
            @Nullable Long heardSecondsAgo,
            @Nullable String fault,
            @Nullable String detail,
            @Nullable Map<String, String> fingerprint,
            boolean hasLog) {}

    /** What is asked for; null = all. {@code team} is an id or a name. */
    record Filter(
            @Nullable UUID task,
            @Nullable String team,
            @Nullable String state,
            @Nullable String fault,
            @Nullable UUID run) {

        private Where where(String stateColumn) {
            String name = team == null ? null : team.strip().toLowerCase(java.util.Locale.ROOT);
            return new Where()
                    .and("j.task = ?", task)
                    .and("(m.name_folded = ? or cast(m.id as varchar(36)) = ?)", name, name)
                    .and(stateColumn + " = ?", state)
                    .and("a.fault = ?", fault)
                    .and("r.id = ?", run);
        }
    }

    private static final String OF_RUNS = """
            from run r
            join judging j on j.id = r.judging
            join judging_set b on b.id = j.judging_set
            join submission s on s.id = j.submission
            join task t on t.id = j.task
            join team m on m.id = s.team
            """;

    /** Newest judging first. */
    Page<Run> runs(Filter filter, @Nullable String after) {
        Cursor cursor = Cursor.parse(after);
        Where where = filter.where("r.state");
        if (cursor != null)
            where.and("(j.created < ? or (j.created = ? and r.id > ?))", cursor.time(), cursor.time(), cursor.run());
        return Page.of(
                database.list("""
                        select r.id, r.judging, s.id as submission, t.slug, j.version, m.name as team, b.kind as set_kind,
                               r.seed_index, r.state, j.state as judging_state, r.attempts, r.failures, r.priority,
                               j.created, r.trained_in, a.fault, a.detail
                        %s
                        left join attempt a on a.run = r.id and a.fault is not null and a.n =
                            (select max(last.n) from attempt last where last.run = r.id and last.fault is not null)
                        where %s
                        order by j.created desc, r.id
                        limit ?
                        """.formatted(OF_RUNS, where.sql()), Runs::run, where.arguments(Page.ITEMS_MAX + 1)),
                run -> new Cursor(run.created(), run.run(), 0).toString());
    }

    private static Run run(Row row) throws SQLException {
        return new Run(
                row.uuid("id"),
                row.uuid("judging"),
                row.uuid("submission"),
                row.text("slug"),
                row.integer("version"),
                row.text("team"),
                row.text("set_kind"),
                row.integer("seed_index"),
                row.text("state"),
                row.text("judging_state"),
                row.integer("attempts"),
                row.integer("failures"),
                row.number("priority"),
                row.instant("created"),
                row.findUuid("trained_in"),
                row.findText("fault"),
                row.findText("detail"));
    }

    /** The one that was started last first. */
    Page<Attempt> attempts(Filter filter, @Nullable String after) {
        Cursor cursor = Cursor.parse(after);
        Where where = filter.where("a.state");
        if (cursor != null)
            where.and(
                    "(a.started < ? or (a.started = ? and (a.run > ? or (a.run = ? and a.n < ?))))",
                    cursor.time(),
                    cursor.time(),
                    cursor.run(),
                    cursor.run(),
                    cursor.attempt());
        return Page.of(
                attempts(where, Page.ITEMS_MAX + 1),
                attempt -> new Cursor(attempt.started(), attempt.run(), attempt.attempt()).toString());
    }

    Optional<Attempt> attempt(UUID run, int number) {
        return attempts(new Where().and("r.id = ?", run).and("a.n = ?", number), 1).stream()
                .findFirst();
    }

    private java.util.List<Attempt> attempts(Where where, int limit) {
        Instant now = clock.instant();
        return database.list("""
                select a.run, a.n, s.id as submission, t.slug, m.name as team, r.seed_index, a.kind, a.state, a.phase,
                       a.epoch, a.epochs, a.runner, a.instance, i.host, a.node, a.started, a.ended, a.heard_at, a.fault, a.detail,
                       a.fingerprint, a.log is not null as has_log
                %s
                join attempt a on a.run = r.id
                join instance i on i.id = a.instance
                where %s
                order by a.started desc, a.run, a.n desc
                limit ?
                """.formatted(OF_RUNS, where.sql()), row -> attempt(row, now), where.arguments(limit));
    }

    private Attempt attempt(Row row, Instant now) throws SQLException {
        Instant started = row.instant("started");
        Instant ended = row.findInstant("ended");
        Instant heard = row.findInstant("heard_at");
        return new Attempt(
                row.uuid("run"),
                row.integer("n"),
                row.uuid("submission"),
                row.text("slug"),
                row.text("team"),
                row.integer("seed_index"),
                row.text("kind"),
                row.text("state"),
                row.text("phase"),
                row.integer("epoch"),
                row.integer("epochs"),
                row.text("runner"),
                row.uuid("instance"),
                row.text("host"),
                row.findText("node"),
                started,
                ended,
                seconds(started, ended == null ? now : ended),
                heard == null || ended != null ? null : seconds(heard, now),
                row.findText("fault"),
                row.findText("detail"),
                fingerprint(row.findText("fingerprint")),
                row.flag("has_log"));
    }

    private @Nullable Map<String, String> fingerprint(@Nullable String stored) {
        try {
            return stored == null ? null : json.readValue(stored, FINGERPRINT);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds what is no fingerprint", e);
        }
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }

    /** What the job printed, its last 64 KB; no text = nothing of it is kept; empty = there is no such attempt. */
    Optional<String> log(UUID run, int attempt) {
        return database.find(
                "select coalesce(log, '') as log from attempt where run = ? and n = ?",
                row -> row.text("log"),
                run,
                attempt);
    }
}
