package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;
import touchstone.api.task.FinalSeeds;

/**
 * Opens the judgings of sets, and marks a set in which nothing is left to judge. Where a new version of a task differs in its
 * hidden test alone, what stands is only scored again: judging a contest again after a label was mended takes minutes.
 */
@Singleton
final class SetLoop implements JudgingLoop {

    private final Database database;
    private final JudgingSets sets;
    private final TaskFiles tasks;
    private final FinalSeeds finalSeeds;
    private final JsonText json;
    private final InstantSource clock;

    /** Sets whose members all have a judging. Members are fixed when a set is made, so they are not read again. */
    private final Set<UUID> opened = ConcurrentHashMap.newKeySet();

    SetLoop(
            Database database,
            JudgingSets sets,
            TaskFiles tasks,
            FinalSeeds finalSeeds,
            JsonText json,
            InstantSource clock) {
        this.database = database;
        this.sets = sets;
        this.tasks = tasks;
        this.finalSeeds = finalSeeds;
        this.json = json;
        this.clock = clock;
    }

    private record Unopened(
            UUID set,
            UUID submission,
            String variant,
            @Nullable String seeds,
            long priority) {}

    /** Set by set: of one that cannot be opened there may be any number of members, and they keep no other set waiting. */
    @Override
    public void tick() {
        List<UUID> sets = database.list(
                "select id from judging_set where state = 'open' and kind <> 'board' order by created",
                row -> row.uuid("id"));
        opened.retainAll(sets);
        JudgingLoop.each(sets, set -> {
            if (!opened.contains(set)) openMembers(set);
            if (opened.contains(set)) markPreviewed(set);
        });
    }

    private void openMembers(UUID set) {
        List<Unopened> members = unopened(set);
        if (members.isEmpty()) {
            opened.add(set);
            return;
        }
        // One failure of a set whose seeds cannot be read, and not one of each of its members.
        long[] seeds = seeds(sets.find(set).orElseThrow(), members.getFirst());
        JudgingLoop.each(members, member -> open(member, seeds));
    }

    private List<Unopened> unopened(UUID set) {
        return database.list(
                """
                select m.judging_set, m.submission, m.variant, b.seeds, b.priority
                from judging_set b
                join judging_set_member m on m.judging_set = b.id
                join submission s on s.id = m.submission and s.withdrawn is null
                where b.id = ?
                  and not exists (select 1 from judging j
                                  where j.submission = m.submission and j.judging_set = m.judging_set
                                    and j.variant = m.variant)
                order by s.seq
                limit ?
                """,
                row -> new Unopened(
                        row.uuid("judging_set"),
                        row.uuid("submission"),
                        row.text("variant"),
                        row.findText("seeds"),
                        row.number("priority")),
                set,
                JudgingConfig.OPENED_AT_A_TIME_MAX);
    }

    private void open(Unopened unopened, long[] seeds) {
        database.transaction(() -> {
            JudgingSet set = sets.lock(unopened.set());
            if (set.state() != JudgingSet.State.OPEN) return;
            UUID judging = UUID.randomUUID();
            if (!insertJudging(judging, set, unopened)) return;
            for (int i = 0; i < seeds.length; i++) takeOver(insertRun(judging, i + 1, seeds[i], unopened.priority()));
        });
    }

    /** Not valid: it is on no board before the set is applied. */
    private boolean insertJudging(UUID judging, JudgingSet set, Unopened unopened) {
        return database.change(
                        """
                        insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                        values (?, ?, ?, ?, ?, ?, 'waiting', false, ?)
                        on conflict do nothing
                        """,
                        judging,
                        unopened.submission(),
                        set.task(),
                        set.version(),
                        set.id(),
                        unopened.variant(),
                        clock.instant())
                == 1;
    }

    private long[] seeds(JudgingSet set, Unopened unopened) {
        if (unopened.seeds() != null) return json.read(unopened.seeds(), long[].class);
        int version = version(set);
        if (set.kind() == JudgingSet.Kind.FINAL)
            return finalSeeds.open(set.task(), version).seeds().stream()
                    .mapToLong(Long::longValue)
                    .toArray();
        int seeds = tasks.get(set.task(), version).recipe().seeds().board();
        return LongStream.rangeClosed(1, seeds).toArray();
    }

    private static int version(JudgingSet set) {
        Integer version = set.version();
        if (version == null) throw new IllegalStateException("The set " + set.id() + " names no version.");
        return version;
    }

    private UUID insertRun(UUID judging, int index, long seed, long priority) {
        UUID run = UUID.randomUUID();
        database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, ?, ?, 'waiting', 0, 0, ?, ?)
                """, run, judging, index, seed, clock.instant(), priority);
        return run;
    }

    private record Standing(UUID run, String weights, String trained) {}

    /**
     * The training of what stands on the board, when that was judged under another version which comes to the same weights. Under
     * the same version everything is trained again: whoever wants that doubts the training.
     */
    private void takeOver(UUID run) {
        database.find("""
                        select coalesce(s.trained_in, s.id) as run, s.weights_blob, s.trained
                        from run r
                        join judging j on j.id = r.judging
                        join task_version v on v.task = j.task and v.n = j.version
                        join judging standing on standing.submission = j.submission and standing.variant = j.variant
                                             and standing.valid and standing.version <> j.version
                        join task_version was on was.task = standing.task and was.n = standing.version
                                             and was.training_digest = v.training_digest
                        join run s on s.judging = standing.id and s.seed = r.seed and s.state = 'done'
                        where r.id = ? and s.weights_blob is not null and s.trained is not null
                        """, row -> new Standing(row.uuid("run"), row.text("weights_blob"), row.text("trained")), run)
                .ifPresent(standing -> database.change(
                        "update run set weights_blob = ?, trained = ?, trained_in = ? where id = ?",
                        standing.weights(),
                        standing.trained(),
                        standing.run(),
                        run));
    }

    /** Of a set whose members are opened. */
    private void markPreviewed(UUID set) {
        database.change("""
                update judging_set set state = 'previewed'
                where id = ? and state = 'open' and not exists (
                    select 1 from judging j join submission s on s.id = j.submission and s.withdrawn is null
                    where j.judging_set = judging_set.id and j.state in ('waiting', 'running', 'waiting-on-us'))
                """, set);
    }
}
