package touchstone.api.judging;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import touchstone.api.runner.ProcessMark;
import touchstone.api.runner.ProcessTable;
import touchstone.api.storage.Database;

/** What has become of other servers, and of servers before this one. */
final class Instances {
    private final Database database;
    private final Machine here;
    private final Duration lease;
    private final StillWatch<UUID> seen;

    Instances(Database database, Machine here, JudgingConfig config, LongSupplier nanos) {
        this.database = database;
        this.here = here;
        this.lease = config.lease();
        this.seen = new StillWatch<>(nanos, config.gapMax());
    }

    enum Fate {
        ALIVE,
        /** Its children, if any are left, can be ended from here. */
        GONE_HERE,
        GONE_ELSEWHERE
    }

    private record Other(Machine machine, Instant seen) {}

    Fate fate(UUID instance) {
        Other other = database.get(
                "select host, boot_id, pid, pid_ticks, seen from instance where id = ?",
                row -> new Other(
                        new Machine(
                                row.text("host"),
                                row.text("boot_id"),
                                new ProcessMark(row.number("pid"), row.number("pid_ticks"))),
                        row.instant("seen")),
                instance);
        if (!here.sharesProcessesWith(other.machine())) return fateByBeingSeen(instance, other.seen());
        Optional<ProcessMark> process =
                ProcessTable.find(other.machine().server().pid());
        return process.equals(Optional.of(other.machine().server())) ? Fate.ALIVE : Fate.GONE_HERE;
    }

    /** One that this database has never known is another house's, and none of our business. */
    boolean isGone(UUID instance) {
        boolean known = database.find("select id from instance where id = ?", row -> row.uuid("id"), instance)
                .isPresent();
        return known && fate(instance) != Fate.ALIVE;
    }

    private Fate fateByBeingSeen(UUID instance, Instant lastSeen) {
        return seen.still(instance, lastSeen).compareTo(lease) > 0 ? Fate.GONE_ELSEWHERE : Fate.ALIVE;
    }
}
