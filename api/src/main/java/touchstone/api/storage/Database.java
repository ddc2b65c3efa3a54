package touchstone.api.storage;

import io.micronaut.data.connection.ConnectionDefinition;
import io.micronaut.data.connection.ConnectionOperations;
import io.micronaut.data.connection.exceptions.ConnectionException;
import io.micronaut.data.connection.jdbc.exceptions.CannotGetJdbcConnectionException;
import io.micronaut.transaction.TransactionDefinition;
import io.micronaut.transaction.TransactionOperations;
import io.micronaut.transaction.exceptions.TransactionException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * SQL in, records out. Every call joins the transaction that is open on this thread, or is one of its own, which the database
 * makes of a single statement by itself: without a question for its beginning and one for its end.
 *
 * <p>Arguments may be null, text, numbers, booleans, {@link java.util.UUID}, {@link Instant}, and enums (written lower case
 * with dashes, as {@link Words} does).
 */
@Singleton
public final class Database {
    private static final int TRIES_MAX = 5;

    private final TransactionOperations<Connection> transactions;
    private final ConnectionOperations<Connection> connections;

    Database(TransactionOperations<Connection> transactions, ConnectionOperations<Connection> connections) {
        this.transactions = transactions;
        this.connections = connections;
    }

    /** Reads one row into a value. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(Row row) throws SQLException;
    }

    /**
     * All of {@code work} happens or none; a transaction inside another is part of it. What loses against another
     * transaction is done again, so {@code work} has no other effects that cannot happen twice.
     */
    public <T extends @Nullable Object> T transaction(Supplier<T> work) {
        boolean outermost = transactions.findTransactionStatus().isEmpty();
        for (int tries = 1; ; tries++) {
            try {
                return carriedOut(() -> transactions.execute(TransactionDefinition.DEFAULT, status -> work.get()));
            } catch (DatabaseFault.Conflict e) {
                if (!outermost || tries == TRIES_MAX) throw e;
            }
        }
    }

    /** As {@link #transaction(Supplier)}, without an answer. */
    public void transaction(Runnable work) {
        transaction(() -> {
            work.run();
            return true;
        });
    }

    public <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        return with(sql, arguments, statement -> {
            List<T> rows = new ArrayList<>();
            try (ResultSet results = statement.executeQuery()) {
                Row row = new Row(results);
                while (results.next()) rows.add(reader.read(row));
            }
            return rows;
        });
    }

    /** The first row, if there is one. */
    public <T> Optional<T> find(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        return with(sql, arguments, statement -> {
            statement.setMaxRows(1);
            try (ResultSet results = statement.executeQuery()) {
                return results.next() ? Optional.of(reader.read(new Row(results))) : Optional.empty();
            }
        });
    }

    /** The first row of a query that always has one. */
    public <T> T get(String sql, RowReader<T> reader, @Nullable Object... arguments) {
        return find(sql, reader, arguments)
                .orElseThrow(() -> new DatabaseFault("A row that must exist does not: " + sql, null));
    }

    /** Runs an insert, update or delete and tells how many rows it touched. */
    public int change(String sql, @Nullable Object... arguments) {
        return with(sql, arguments, PreparedStatement::executeUpdate);
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    private <T> T with(String sql, @Nullable Object[] arguments, Work<T> work) {
        return carriedOut(() -> connections.execute(ConnectionDefinition.DEFAULT, status -> {
            try (PreparedStatement statement = status.getConnection().prepareStatement(sql)) {
                for (int i = 0; i < arguments.length; i++) statement.setObject(i + 1, forJdbc(arguments[i]));
                return work.on(statement);
            } catch (SQLException e) {
                throw DatabaseFault.of(sql, e);
            }
        }));
    }

    /** Connecting, beginning, committing and rolling back may fail as well, and then say so in words of the framework. */
    private static <T extends @Nullable Object> T carriedOut(Supplier<T> work) {
        try {
            return work.get();
        } catch (TransactionException | ConnectionException | CannotGetJdbcConnectionException e) {
            throw DatabaseFault.around(e);
        }
    }

    private static @Nullable Object forJdbc(@Nullable Object argument) {
        if (argument instanceof Instant instant) return instant.atOffset(ZoneOffset.UTC);
        if (argument instanceof Enum<?> word) return Words.of(word);
        if (argument instanceof String text) return UnstorableText.checked(text);
        return argument;
    }
}
