package touchstone.api.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The columns of the row that a query stands on. {@code find…} may be null, the others must not. */
public final class Row {
    private final ResultSet results;

    Row(ResultSet results) {
        this.results = results;
    }

    public String text(String column) throws SQLException {
        return present(column, results.getString(column));
    }

    public @Nullable String findText(String column) throws SQLException {
        return results.getString(column);
    }

    public UUID uuid(String column) throws SQLException {
        return present(column, results.getObject(column, UUID.class));
    }

    public @Nullable UUID findUuid(String column) throws SQLException {
        return results.getObject(column, UUID.class);
    }

    public Instant instant(String column) throws SQLException {
        return present(column, findInstant(column));
    }

    public @Nullable Instant findInstant(String column) throws SQLException {
        OffsetDateTime time = results.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    public int integer(String column) throws SQLException {
        int value = results.getInt(column);
        return results.wasNull() ? missing(column) : value;
    }

    public @Nullable Integer findInteger(String column) throws SQLException {
        int value = results.getInt(column);
        return results.wasNull() ? null : value;
    }

    public long number(String column) throws SQLException {
        long value = results.getLong(column);
        return results.wasNull() ? missing(column) : value;
    }

    public @Nullable Long findNumber(String column) throws SQLException {
        long value = results.getLong(column);
        return results.wasNull() ? null : value;
    }

    public double decimal(String column) throws SQLException {
        double value = results.getDouble(column);
        return results.wasNull() ? missing(column) : value;
    }

    public @Nullable Double findDecimal(String column) throws SQLException {
        double value = results.getDouble(column);
        return results.wasNull() ? null : value;
    }

    public boolean flag(String column) throws SQLException {
        return results.getBoolean(column);
    }

    public <E extends Enum<E>> E word(String column, Class<E> type) throws SQLException {
        return Words.parse(type, text(column));
    }

    private static <T> T present(String column, @Nullable T value) throws SQLException {
        return value == null ? missing(column) : value;
    }

    private static <T> T missing(String column) throws SQLException {
        throw new SQLException("Column " + column + " is null where the code counts on a value.");
    }
}
