package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import touchstone.api.storage.Database;

/** Gives every submission its judging on the board. */
@Singleton
final class OpenLoop implements JudgingLoop {
    private final Database database;
    private final TaskFiles tasks;
    private final InstantSource clock;

    OpenLoop(Database database, TaskFiles tasks, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.clock = clock;
    }

    private record Unopened(UUID submission, UUID task, int version, UUID boardSet) {}

    @Override
    public void tick() {
        database.list(
                        """
                        select s.id, s.task, s.version, b.id as board_set
                        from submission s
                        join judging_set b on b.task = s.task and b.kind = 'board'
                        where s.withdrawn is null
                          and not exists (select 1 from judging j where j.submission = s.id and j.judging_set = b.id)
                        order by s.seq
                        limit ?
                        """,
                        row -> new Unopened(
                                row.uuid("id"), row.uuid("task"), row.integer("version"), row.uuid("board_set")),
                        JudgingConfig.OPENED_AT_A_TIME_MAX)
                .forEach(this::open);
    }

    private void open(Unopened unopened) {
        int seeds =
                tasks.get(unopened.task(), unopened.version()).recipe().seeds().board();
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
                        unopened.task(),
                        unopened.version(),
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
