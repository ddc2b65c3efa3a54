package touchstone.api.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.storage.Database;

/** Writes what judging would have written. */
final class Facts {
    private final Database database;
    private final UUID task;
    final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    Facts(TestHouse house) {
        database = house.database();
        task = TinyTask.id(house);
    }

    /** Somebody's sound strategy, sent. */
    UUID submission(Person person) {
        Person.Answer made = person.postZip(
                TinyTask.PATH + "/submissions",
                TinyTask.strategy(UUID.randomUUID().toString()));
        if (made.status() != 201) throw new AssertionError(made.text());
        return UUID.fromString(made.json().path("id").asText());
    }

    UUID judging(UUID submission, String state, String variant) {
        UUID judging = UUID.randomUUID();
        database.change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), s.id, s.task, s.version, b.id, ?, ?, true, cast(? as timestamp with time zone)
                from submission s join judging_set b on b.task = s.task and b.kind = 'board' where s.id = ?
                """, judging, variant, state, now.minusSeconds(90), submission);
        return judging;
    }

    UUID run(UUID judging, int seedIndex, String state, int attempts) {
        UUID run = UUID.randomUUID();
        database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, ?, 1, ?, ?, 0, ?, 0)
                """, run, judging, seedIndex, state, attempts, now.minusSeconds(90));
        return run;
    }

    UUID instance() {
        UUID instance = UUID.randomUUID();
        database.change("""
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen) values (?, 'judge-1', 'b', 1, 1, ?, ?)
                """, instance, now, now);
        return instance;
    }

    /** @param fault null = open; an ended one took a minute */
    void attempt(UUID run, int number, UUID instance, @Nullable String fault, @Nullable String log) {
        Instant started = now.minusSeconds(60);
        database.change(
                """
                insert into attempt (run, n, kind, open_key, state, runner, instance, phase, beat, epoch, epochs, started,
                                     ended, fault, detail, log)
                values (?, ?, 'full', ?, ?, 'local', ?, 'train', 1, 2, 12, ?, ?, ?, ?, ?)
                """,
                run,
                number,
                fault == null ? run : null,
                fault == null ? "running" : "ended",
                instance,
                started,
                fault == null ? null : started.plus(Duration.ofMinutes(1)),
                fault,
                fault == null ? null : "how it ended",
                log);
    }

    String text(String sql, Object... arguments) {
        return database.get(sql, row -> row.text("answer"), arguments);
    }
}
