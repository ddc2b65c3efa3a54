package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;

/**
 * Gives numbers to the changes of boards that have none yet (a submission that was withdrawn, a team's new name, a new
 * version), and keeps a snapshot of each board at each change.
 */
@Singleton
final class BoardLoop {
    /** Of one task in one tick; the next tick takes the rest. */
    private static final int CHANGES_MAX = 50;

    private static final Logger log = LoggerFactory.getLogger(BoardLoop.class);

    private final Database database;
    private final BoardEntries entries;
    private final BoardSnapshots snapshots;
    /** How far each board was looked at, so that changes which moved nothing are not computed at every tick. */
    private final Map<Watched, Long> lookedAt = new HashMap<>();

    BoardLoop(Database database, BoardEntries entries, BoardSnapshots snapshots) {
        this.database = database;
        this.entries = entries;
        this.snapshots = snapshots;
    }

    private record Watched(UUID task, BoardKind kind) {}

    /** @param finalVersion of the latest final; without one the current version */
    private record Task(UUID id, int version, int finalVersion) {
        int version(BoardKind kind) {
            return kind == BoardKind.FINAL ? finalVersion : version;
        }
    }

    /** May run at any time, twice, and on any number of servers at once. The board of a draft is shown to nobody yet. */
    void tick() {
        takeDownWithdrawn();
        List<Task> tasks = database.list(
                """
                select id, current_version, coalesce(
                           (select version from judging_set
                            where judging_set.task = task.id and kind = 'final' and judging_set.state = 'applied'
                            order by applied_seq desc limit 1),
                           current_version) as final_version
                from task where current_version is not null and state <> 'draft'
                """, row -> new Task(row.uuid("id"), row.integer("current_version"), row.integer("final_version")));
        Map<UUID, Long> latest = new HashMap<>();
        for (Task task : tasks) latest.put(task.id(), entries.latest(task.id()));
        // After the numbers were read: whoever is on a board of these numbers has a name there from now on.
        nameTeams();
        for (Task task : tasks)
            for (BoardKind kind : BoardKind.values()) tryToFollow(task, kind, latest.getOrDefault(task.id(), 0L));
    }

    private void takeDownWithdrawn() {
        record Withdrawn(UUID judging, UUID task) {}
        database.list("""
                        select j.id, j.task from submission s join judging j on j.submission = s.id
                        where s.withdrawn is not null and j.valid and j.state = 'settled' and j.gone_seq is null
                        """, row -> new Withdrawn(row.uuid("id"), row.uuid("task")))
                .forEach(withdrawn -> database.transaction(() -> {
                    database.get(
                            "select id from judging where id = ? for update",
                            row -> row.uuid("id"),
                            withdrawn.judging());
                    long seq = nextSeq(withdrawn.task());
                    database.change(
                            "update judging set valid = false, gone_seq = ? where id = ? and gone_seq is null",
                            seq,
                            withdrawn.judging());
                }));
    }

    /** Under the task's lock, so that numbers are committed in their order. */
    private long nextSeq(UUID task) {
        database.get("select id from task where id = ? for update", row -> row.uuid("id"), task);
        return database.get("select nextval('settled_seq') as seq", row -> row.number("seq"));
    }

    private record Named(
            UUID team, UUID task, String name, @Nullable String shown) {}

    private static final String NAMED = """
            select t.id, t.task, t.name,
                   (select n.name from team_shown n where n.team = t.id order by n.seq desc limit 1) as shown
            from team t
            """;

    private void nameTeams() {
        database.list(
                        "select * from (" + NAMED + """
                        where exists (select 1 from submission s join judging j on j.submission = s.id
                                      where s.team = t.id and j.state = 'settled')
                        ) named where shown is null or shown <> name
                        """,
                        row -> new Named(row.uuid("id"), row.uuid("task"), row.text("name"), row.findText("shown")))
                .forEach(this::name);
    }

    /** A team's first name holds from the start; a new one is a change of the board. */
    private void name(Named team) {
        database.transaction(() -> {
            long seq = team.shown() == null ? 0 : nextSeq(team.task());
            Named now = database.get(
                    NAMED + " where t.id = ?",
                    row -> new Named(row.uuid("id"), row.uuid("task"), row.text("name"), row.findText("shown")),
                    team.team());
            if (now.name().equals(now.shown())) return;
            database.change(
                    "insert into team_shown (team, seq, task, name) values (?, ?, ?, ?) on conflict do nothing",
                    team.team(),
                    seq,
                    team.task(),
                    now.name());
        });
    }

    /** A board that cannot be computed is tried again at the next tick, and keeps no other from being kept. */
    private void tryToFollow(Task task, BoardKind kind, long latest) {
        try {
            follow(task, kind, latest);
        } catch (DatabaseFault.Passing e) {
            throw e;
        } catch (RuntimeException e) {
            log.error("the {} board of task {} cannot be kept; it is tried again", kind.word(), task.id(), e);
        }
    }

    private void follow(Task task, BoardKind kind, long latest) {
        Watched watched = new Watched(task.id(), kind);
        var last = snapshots.last(task.id(), kind);
        int version = task.version(kind);
        if (last.isPresent() && last.get().version() != version) {
            snapshots.take(task.id(), kind, version, database.transaction(() -> nextSeq(task.id())));
            lookedAt.remove(watched);
            return;
        }
        long from = lookedAt.getOrDefault(
                watched, last.map(BoardSnapshots.Snapshot::seq).orElse(0L));
        if (from >= latest) return;
        List<Long> changes = changes(task.id(), kind, from, latest);
        for (long seq : changes) snapshots.take(task.id(), kind, version, seq);
        lookedAt.put(watched, changes.size() < CHANGES_MAX ? latest : changes.getLast());
    }

    private List<Long> changes(UUID task, BoardKind kind, long after, long latest) {
        String sets = kind == BoardKind.PUBLIC ? "'board', 'rejudge'" : "'final'";
        return database.list(
                """
                select distinct seq from (
                    select j.settled_seq as seq from judging j join judging_set b on b.id = j.judging_set
                    where j.task = ? and b.kind = 'board' and 'public' = ?
                    union all
                    select gone_seq from judging where task = ?
                    union all
                    select applied_seq from judging_set where task = ? and kind in (%s)
                    union all
                    select seq from team_shown where task = ?
                ) change
                where seq > ? and seq <= ?
                order by seq
                limit ?
                """.formatted(sets),
                row -> row.number("seq"),
                task,
                kind.word(),
                task,
                task,
                task,
                after,
                latest,
                CHANGES_MAX);
    }
}
