package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;

/**
 * How many judgings may run at a time, in the whole house and of one task, all teams together. What one team may is for its
 * task's file to say. A limit that is made smaller ends nothing that runs.
 */
@Singleton
public final class Limits {
    /** More than any house has machines. */
    static final int MAX = 100_000;

    private static final String HOUSE = "judgings-running-max";

    /** SQL, the ids of what takes a place: also of a judging that waits on us while another of its seeds still runs. */
    public static final String RUNNING = """
            (select id from judging where state = 'running'
             union select judging from run where state = 'running')
            """;

    private final Database database;

    Limits(Database database) {
        this.database = database;
    }

    /** A task that has a limit. */
    record OfTask(String task, int running) {}

    /** Empty = the house has no limit. */
    public Optional<Integer> ofHouse() {
        return database.find(
                "select content from house where setting = ?", row -> Integer.valueOf(row.text("content")), HOUSE);
    }

    List<OfTask> ofTasks() {
        return database.list(
                "select slug, running_max from task where running_max is not null order by slug",
                row -> new OfTask(row.text("slug"), row.integer("running_max")));
    }

    void setHouse(@Nullable Integer running) {
        database.transaction(() -> {
            database.change("delete from house where setting = ?", HOUSE);
            if (running != null)
                database.change("insert into house (setting, content) values (?, ?)", HOUSE, running.toString());
        });
    }

    void setTask(UUID task, @Nullable Integer running) {
        database.change("update task set running_max = ? where id = ?", running, task);
    }

    /** Judgings that may begin now, before anybody else's; what counts is {@link #mayBegin}. */
    FairOrder.Room room() {
        record Task(UUID id, int room) {}
        Map<UUID, Integer> tasks = new HashMap<>();
        database.list("""
                        select t.id, t.running_max - (select count(*) from judging j
                                                      where j.task = t.id and j.id in %s) as room
                        from task t where t.running_max is not null
                        """.formatted(RUNNING), row -> new Task(row.uuid("id"), row.integer("room")))
                .forEach(task -> tasks.put(task.id(), task.room()));
        return new FairOrder.Room(ofHouse().map(most -> most - running("")).orElse(Integer.MAX_VALUE), tasks);
    }

    /** Exact: the rows that are locked make servers count one after the other. Locks the task, then the house's setting. */
    boolean mayBegin(UUID task) {
        Optional<Integer> ofTask = database.find(
                "select running_max from task where id = ? and running_max is not null for update",
                row -> row.integer("running_max"),
                task);
        if (ofTask.isPresent() && running(" and task = ?", task) >= ofTask.get()) return false;
        Optional<Integer> ofHouse = database.find(
                "select content from house where setting = ? for update",
                row -> Integer.valueOf(row.text("content")),
                HOUSE);
        return ofHouse.isEmpty() || running("") < ofHouse.get();
    }

    private int running(String more, Object... arguments) {
        return database.get(
                "select count(*) as judgings from judging where id in " + RUNNING + more,
                row -> row.integer("judgings"),
                arguments);
    }
}
