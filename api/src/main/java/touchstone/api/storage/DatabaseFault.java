package touchstone.api.storage;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database refused a statement. */
public class DatabaseFault extends RuntimeException {
    /** Serialization failure and deadlock on both; lock time-out of H2 and of PostgreSQL. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "HYT00", "55P03");

    DatabaseFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static DatabaseFault of(String sql, SQLException cause) {
        String message = cause.getMessage() + " (" + cause.getSQLState() + ") in: " + sql.strip();
        // SQLState class 23 is an integrity violation on H2 and on PostgreSQL; 23505 = unique.
        if ("23505".equals(cause.getSQLState())) return new Duplicate(message, cause);
        if (cause.getSQLState() != null && cause.getSQLState().startsWith("23")) return new Refused(message, cause);
        if (CONFLICTS.contains(String.valueOf(cause.getSQLState()))) return new Conflict(message, cause);
        return new DatabaseFault(message, cause);
    }

    /** A unique key exists already. The transaction it happened in is lost on PostgreSQL. */
    public static final class Duplicate extends DatabaseFault {
        Duplicate(String message, SQLException cause) {
            super(message, cause);
        }
    }

    /** A foreign key or a check forbids it. */
    public static final class Refused extends DatabaseFault {
        Refused(String message, SQLException cause) {
            super(message, cause);
        }
    }

    /** Another transaction was in the way; the same again may succeed. */
    public static final class Conflict extends DatabaseFault {
        Conflict(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
