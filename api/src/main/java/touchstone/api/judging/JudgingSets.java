package touchstone.api.judging;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;

/** The sets that are not the running board: made with their members at once, judged by the loops. */
@Singleton
public final class JudgingSets {
    private static final String SET =
            "select id, task, kind, state, version, actor, reason, choice, created, ended, applied_seq from judging_set";

    /** Behind everything that contestants wait for. */
    private static final long BEHIND = 1000;

    private final Database database;
    private final JsonText json;
    private final InstantSource clock;

    JudgingSets(Database database, JsonText json, InstantSource clock) {
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A set to be made.
     *
     * @param seeds one run each, in this order; null = those of the recipe, which for a final are the sealed ones
     * @param behind its runs come after contestants' own
     * @param choice JSON: how the submissions were chosen
     */
    public record Order(
            UUID task,
            int version,
            JudgingSet.Kind kind,
            @Nullable UUID actor,
            String reason,
            Collection<UUID> submissions,
            @Nullable List<Long> seeds,
            boolean behind,
            @Nullable String choice) {
        public Order {
            submissions = List.copyOf(submissions);
            seeds = seeds == null ? null : List.copyOf(seeds);
            if (kind == JudgingSet.Kind.BOARD) throw new IllegalArgumentException("A task has one set board.");
        }
    }

    /**
     * Records the set and its members: each submission once, in an ablation once for each part that its strategy has. Its
     * judgings are opened by a loop. Part of the caller's transaction.
     */
    public UUID create(Order order) {
        UUID set = UUID.randomUUID();
        database.change(
                """
                insert into judging_set (id, task, kind, state, version, seeds, priority, choice, actor, reason, created)
                values (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?)
                """,
                set,
                order.task(),
                order.kind(),
                order.version(),
                order.seeds() == null ? null : json.write(order.seeds()),
                order.behind() ? BEHIND : 0L,
                order.choice(),
                order.actor(),
                order.reason(),
                clock.instant());
        order.submissions().stream().distinct().forEach(submission -> addMembers(set, order.kind(), submission));
        return set;
    }

    private void addMembers(UUID set, JudgingSet.Kind kind, UUID submission) {
        List<String> variants = kind == JudgingSet.Kind.ABLATION
                ? ablations(submission).stream().map(Variant::word).toList()
                : List.of(Variant.WHOLE);
        for (String variant : variants)
            database.change(
                    "insert into judging_set_member (judging_set, submission, variant) values (?, ?, ?)",
                    set,
                    submission,
                    variant);
    }

    private List<Variant> ablations(UUID submission) {
        return database.get(
                "select report from submission where id = ?",
                row -> Variant.of(json.read(row.text("report"), JsonNode.class)),
                submission);
    }

    public Optional<JudgingSet> find(UUID set) {
        return database.find(SET + " where id = ? and kind <> 'board'", JudgingSets::read, set);
    }

    /** Newest first, without the set board. */
    public List<JudgingSet> ofTask(UUID task, int first, int many) {
        return database.list(
                SET + " where task = ? and kind <> 'board' order by created desc, id limit ? offset ?",
                JudgingSets::read,
                task,
                many,
                first);
    }

    /** Whoever opens, applies or drops holds this lock, taken before those of judgings. */
    JudgingSet lock(UUID set) {
        return database.get(SET + " where id = ? for update", JudgingSets::read, set);
    }

    private static JudgingSet read(Row row) throws SQLException {
        return new JudgingSet(
                row.uuid("id"),
                row.uuid("task"),
                row.word("kind", JudgingSet.Kind.class),
                row.word("state", JudgingSet.State.class),
                row.findInteger("version"),
                row.findUuid("actor"),
                row.text("reason"),
                row.findText("choice"),
                row.instant("created"),
                row.findInstant("ended"),
                row.findNumber("applied_seq"));
    }

    /**
     * How far a set has come. Members that were withdrawn are left out of the others.
     *
     * @param members one a submission; in an ablation one for each part that is left out
     * @param unopened the loop has not got to them yet
     * @param waitingOnUs an operator must look
     */
    public record Progress(
            int members,
            int withdrawn,
            int unopened,
            int waiting,
            int running,
            int waitingOnUs,
            int settled,
            int cancelled) {

        public int missing() {
            return unopened + waiting + running + waitingOnUs;
        }
    }

    public Progress progress(UUID set) {
        return database.get(
                """
                select count(*) as members,
                       coalesce(sum(case when withdrawn then 1 else 0 end), 0) as withdrawn,
                       coalesce(sum(case when state = 'unopened' then 1 else 0 end), 0) as unopened,
                       coalesce(sum(case when state = 'waiting' then 1 else 0 end), 0) as waiting,
                       coalesce(sum(case when state = 'running' then 1 else 0 end), 0) as running,
                       coalesce(sum(case when state = 'waiting-on-us' then 1 else 0 end), 0) as waiting_on_us,
                       coalesce(sum(case when state = 'settled' then 1 else 0 end), 0) as settled,
                       coalesce(sum(case when state = 'cancelled' then 1 else 0 end), 0) as cancelled
                from (
                    select s.withdrawn is not null as withdrawn,
                           case when s.withdrawn is not null then 'withdrawn' else coalesce(j.state, 'unopened') end as state
                    from judging_set_member m
                    join submission s on s.id = m.submission
                    left join judging j
                      on j.submission = m.submission and j.judging_set = m.judging_set and j.variant = m.variant
                    where m.judging_set = ?
                ) member
                """,
                row -> new Progress(
                        row.integer("members"),
                        row.integer("withdrawn"),
                        row.integer("unopened"),
                        row.integer("waiting"),
                        row.integer("running"),
                        row.integer("waiting_on_us"),
                        row.integer("settled"),
                        row.integer("cancelled")),
                set);
    }

    /**
     * What one run measured.
     *
     * @param seed as it was given to the job
     */
    public record Measured(UUID submission, int seedIndex, long seed, String fold, String metric, double value) {}

    /** What the runs of a set have measured so far, for a try-out's report. Seeds of a final are not for anybody's eyes. */
    public List<Measured> measured(UUID set) {
        return database.list(
                """
                select j.submission, r.seed_index, r.seed, m.fold, m.name, m.measured
                from judging j join run r on r.judging = j.id join metric m on m.run = r.id
                where j.judging_set = ? order by j.submission, r.seed_index, m.fold, m.name
                """,
                row -> new Measured(
                        row.uuid("submission"),
                        row.integer("seed_index"),
                        row.number("seed"),
                        row.text("fold"),
                        row.text("name"),
                        row.decimal("measured")),
                set);
    }
}
