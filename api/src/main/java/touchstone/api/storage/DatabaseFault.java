package touchstone.api.storage;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database refused a statement. */
public class DatabaseFault extends RuntimeException {
    /** Serialization failure and deadlock on both; lock time-out of H2 and of PostgreSQL. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "HYT00", "55P03");

    /** PostgreSQL stops, starts or has no connection left; H2 is closed. Class 08 is a broken connection on both. */
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "53300", "90067", "90098", "90121");

    DatabaseFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static DatabaseFault of(String sql, SQLException cause) {
        String message = cause.getMessage() + " (" + cause.getSQLState() + ") in: " + sql.strip();
        if (isAway(cause)) return new Away(message, cause);
        // SQLState class 23 is an integrity violation on H2 and on PostgreSQL; 23505 = unique.
        if ("23505".equals(cause.getSQLState())) return new Duplicate(message, cause);
        if (cause.getSQLState() != null && cause.getSQLState().startsWith("23")) return new Refused(message, cause);
        if (CONFLICTS.contains(String.valueOf(cause.getSQLState()))) return new Conflict(message, cause);
        return new DatabaseFault(message, cause);
    }

    /** What was thrown around a transaction: by its begin, its commit or its end. Only a lost connection is nameless there. */
    static DatabaseFault around(RuntimeException thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (!(cause instanceof SQLException fault)) continue;
            DatabaseFault named = of("a transaction", fault);
            return named.getClass() == DatabaseFault.class
                    ? new Away(String.valueOf(named.getMessage()), fault)
                    : named;
        }
        return new DatabaseFault(thrown.toString(), thrown);
    }

    /** The pool's time-out bears the state of the last try to connect, or none. */
    private static boolean isAway(SQLException cause) {
        String state = cause.getSQLState();
        return cause instanceof SQLTransientConnectionException
                || state != null && (state.startsWith("08") || AWAY.contains(state));
    }

    /** The same again may succeed. */
    public abstract static sealed class Passing extends DatabaseFault {
        Passing(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The database cannot be reached, or went away meanwhile; whether the last commit was done is then not known. */
    public static final class Away extends Passing {
        Away(String message, Throwable cause) {
            super(message, cause);
        }
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
    public static final class Conflict extends Passing {
        Conflict(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
