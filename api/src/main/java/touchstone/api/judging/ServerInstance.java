package touchstone.api.judging;

import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.storage.Database;

/** This start of the server, as others see it. */
final class ServerInstance {
    private final UUID id = UUID.randomUUID();
    private final Machine machine;
    private final Database database;
    private final InstantSource clock;
    private volatile boolean inTrouble;

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

    /**
     * Tells the others that this server lives.
     *
     * @param trouble what keeps jobs from starting where it sends them
     */
    void beSeen(Optional<String> trouble) {
        inTrouble = trouble.isPresent();
        database.change(
                "update instance set seen = ?, trouble = ? where id = ?",
                clock.instant(),
                trouble.map(text -> Texts.storable(text, JudgingConfig.DETAIL_CHARACTERS_MAX))
                        .orElse(null),
                id);
    }

    /** As it told last. */
    boolean inTrouble() {
        return inTrouble;
    }

    /** Whether an operator lets this server start jobs. */
    boolean takesJobs() {
        return takesJobs("");
    }

    /** The same, and it stays so until the transaction ends: a drain that has been answered is followed by no claim. */
    boolean takesJobsForNow() {
        return takesJobs(" for update");
    }

    private boolean takesJobs(String lock) {
        return database.get(
                "select drained from instance where id = ?" + lock, row -> row.findInstant("drained") == null, id);
    }
}
