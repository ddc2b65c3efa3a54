package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;
import touchstone.api.task.TaskPause;

/** Gives every submission its judging on the board. */
@Singleton
final class OpenLoop implements JudgingLoop {
    private static final Logger log = LoggerFactory.getLogger(OpenLoop.class);

    private final Database database;
    private final TaskFiles tasks;
    private final JudgingLock locks;
    private final TaskPause pause;
    private final InstantSource clock;

    /** Versions of which the log says already that they cannot be read. */
    private final Set<Version> told = ConcurrentHashMap.newKeySet();

    OpenLoop(Database database, TaskFiles tasks, JudgingLock locks, TaskPause pause, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.locks = locks;
        this.pause = pause;
        this.clock = clock;
    }

    private record Version(UUID task, int number) {}

    private record Unopened(long seq, UUID submission, Version version, UUID boardSet) {}

    /** What cannot be opened is tried again at the next tick, and keeps no other from being opened. */
    @Override
    public void tick() {
        long after = 0;
        Set<Version> unreadable = new HashSet<>();
        while (true) {
            List<Unopened> unopened = listAfter(after);
            long opened =
                    unopened.stream().filter(one -> isOpened(one, unreadable)).count();
            if (opened > 0 || unopened.size() < JudgingConfig.OPENED_AT_A_TIME_MAX) return;
            after = unopened.getLast().seq();
        }
    }

    private List<Unopened> listAfter(long seq) {
        return database.list(
                """
                select s.seq, s.id, s.task, s.version, b.id as board_set
                from submission s
                join task t on t.id = s.task and t.state <> 'paused'
                join judging_set b on b.task = s.task and b.kind = 'board'
                where s.withdrawn is null and s.seq > ?
                  and not exists (select 1 from judging j where j.submission = s.id and j.judging_set = b.id)
                order by s.seq
                limit ?
                """,
                row -> new Unopened(
                        row.number("seq"),
                        row.uuid("id"),
                        new Version(row.uuid("task"), row.integer("version")),
                        row.uuid("board_set")),
                seq,
                JudgingConfig.OPENED_AT_A_TIME_MAX);
    }

    /** @param unreadable what could not be read in this tick, which is not tried again for each of its submissions */
    private boolean isOpened(Unopened unopened, Set<Version> unreadable) {
        if (unreadable.contains(unopened.version())) return false;
        try {
            OptionalInt seeds = seeds(unopened.version());
            if (seeds.isPresent()) open(unopened, seeds.getAsInt());
            else unreadable.add(unopened.version());
            return seeds.isPresent();
        } catch (RuntimeException e) {
            log.error("submission {} cannot be opened; it is tried again", unopened.submission(), e);
            return false;
        }
    }

    /**
     * A task whose current version cannot be read pauses: its submissions wait until it is mended, and nobody else's do. Those
     * of a version that was replaced wait as well, and pause nothing.
     */
    private OptionalInt seeds(Version version) {
        try {
            int seeds =
                    tasks.get(version.task(), version.number()).recipe().seeds().board();
            told.remove(version);
            return OptionalInt.of(seeds);
        } catch (DatabaseFault e) {
            throw e;
        } catch (RuntimeException e) {
            if (told.add(version))
                log.error(
                        "version {} of task {} cannot be read; its submissions wait",
                        version.number(),
                        version.task(),
                        e);
            database.transaction(() -> {
                locks.lockTask(version.task());
                pause.byFault(version.task(), version.number());
            });
            return OptionalInt.empty();
        }
    }

    private void open(Unopened unopened, int seeds) {
        database.transaction(() -> {
            if (isWithdrawn(unopened.submission())) return;
            UUID judging = UUID.randomUUID();
            if (!insertJudging(judging, unopened)) return;
            for (int index = 1; index <= seeds; index++) insertRun(judging, index);
        });
    }

    /** The lock makes a cancel at the same moment either seen here or wait until the judging is there to be cancelled. */
    private boolean isWithdrawn(UUID submission) {
        return database.get(
                "select withdrawn from submission where id = ? for update",
                row -> row.findInstant("withdrawn") != null,
                submission);
    }

    private boolean insertJudging(UUID judging, Unopened unopened) {
        return database.change(
                        """
                        insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                        values (?, ?, ?, ?, ?, '', 'waiting', true, ?)
                        on conflict do nothing
                        """,
                        judging,
                        unopened.submission(),
                        unopened.version().task(),
                        unopened.version().number(),
                        unopened.boardSet(),
                        clock.instant())
                == 1;
    }

    /** The seeds of the board are public, and the same for everyone: 1, 2, 3 and so on. */
    private void insertRun(UUID judging, int index) {
        Instant now = clock.instant();
        database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, ?, ?, 'waiting', 0, 0, ?, 0)
                """, UUID.randomUUID(), judging, index, (long) index, now);
    }
}
