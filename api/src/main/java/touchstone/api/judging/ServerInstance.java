package touchstone.api.judging;

import java.time.InstantSource;
import java.util.UUID;
import touchstone.api.storage.Database;

/** This start of the server, as others see it. */
final class ServerInstance {
    private final UUID id = UUID.randomUUID();
    private final Machine machine;
    private final Database database;
    private final InstantSource clock;

    ServerInstance(Machine machine, Database database, InstantSource clock) {
        this.machine = machine;
        this.database = database;
        this.clock = clock;
    }

    UUID id() {
        return id;
    }

    Machine machine() {
        return machine;
    }

    void register() {
        database.change(
                """
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen) values (?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                machine.host(),
                machine.bootId(),
                machine.server().pid(),
                machine.server().startTicks(),
                clock.instant(),
                clock.instant());
    }

    /** Tells the others that this server lives. */
    void beSeen() {
        database.change("update instance set seen = ? where id = ?", clock.instant(), id);
    }
}
