package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import touchstone.api.http.Refusal;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Database;
import touchstone.api.storage.Words;
import touchstone.spec.job.JobOrder.Purpose;

/**
 * Lets a command's message in only while its attempt is open, the command is the one that runs now, and no other process
 * has started the same. Everything else is told to stop.
 */
@Singleton
final class JobFence {

    /** Who sends a message: the token proved the first two. */
    record Sender(JobName job, Purpose purpose, String session) {}

    private final Database database;
    private final InstantSource clock;

    JobFence(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Counts as a sign of life. Locks the attempt's row until the transaction ends. */
    void pass(Sender sender) {
        int open = database.change(
                """
                update attempt set beat = beat + 1, heard_at = ?
                where run = ? and n = ? and open_key is not null and session = ? and phase = ?
                """,
                clock.instant(),
                sender.job().run(),
                sender.job().attempt(),
                sender.session(),
                Words.of(sender.purpose()));
        if (open == 0) throw stop();
    }

    /** Before the attempt begins: fetching leaves no trace, and may be done as often as it takes. */
    void passFetching(JobName job) {
        database.find("""
                        select n from attempt
                        where run = ? and n = ? and open_key is not null and session is null
                        """, row -> row.integer("n"), job.run(), job.attempt()).orElseThrow(JobFence::stop);
    }

    static Refusal stop() {
        return Refusal.conflict(
                "attempt-closed",
                "This attempt is closed",
                "The attempt has ended, or another process works on it. Stop; nothing that you send is taken.");
    }
}
