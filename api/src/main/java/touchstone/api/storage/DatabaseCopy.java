package touchstone.api.storage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** Tables as lines of JSON, one array of texts a row, that both databases write and read. */
final class DatabaseCopy {
    /** Flyway keeps its own list of what it has done; a restore makes it anew. */
    private static final String HISTORY = "flyway_schema_history";

    private static final int FETCH_ROWS = 200;
    private static final int BATCH_ROWS = 200;

    private final Connection connection;
    private final ObjectMapper json;

    DatabaseCopy(Connection connection, ObjectMapper json) {
        this.connection = connection;
        this.json = json;
    }

    /** What kinds of values there are, as both databases understand them. */
    enum Kind {
        TEXT,
        UUID,
        WHOLE,
        DECIMAL,
        FLAG,
        TIME,
        BYTES
    }

    record Column(String name, Kind kind, boolean identity) {}

    /** The tables of the house by name. */
    Map<String, List<Column>> tables() throws SQLException {
        Map<String, List<Column>> tables = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select c.table_name, c.column_name, c.data_type, c.is_identity
                        from information_schema.columns c
                        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
                        where c.table_schema = current_schema and t.table_type = 'BASE TABLE'
                        order by c.table_name, c.ordinal_position
                        """)) {
            while (rows.next()) {
                String table = rows.getString(1).toLowerCase(Locale.ROOT);
                if (table.equals(HISTORY)) continue;
                String column = rows.getString(2).toLowerCase(Locale.ROOT);
                tables.computeIfAbsent(table, any -> new ArrayList<>())
                        .add(new Column(column, kind(rows.getString(3)), "YES".equals(rows.getString(4))));
            }
        }
        return tables;
    }

    private static Kind kind(String type) throws SQLException {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "character varying", "text", "character large object", "character" -> Kind.TEXT;
            case "uuid" -> Kind.UUID;
            case "integer", "bigint", "smallint" -> Kind.WHOLE;
            case "double precision" -> Kind.DECIMAL;
            case "boolean" -> Kind.FLAG;
            case "timestamp with time zone" -> Kind.TIME;
            case "bytea", "binary varying", "binary large object" -> Kind.BYTES;
            default -> throw new SQLException("A backup does not know the column type " + type + ".");
        };
    }

    /** Number of the newest migration that this database has. */
    String migration() throws SQLException {
        return texts("select version from " + quoted(HISTORY) + " where version is not null").stream()
                .map(MigrationVersion::fromVersion)
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new SQLException("This database has no tables."))
                .getVersion();
    }

    /** Next number of each sequence that belongs to no column. Uses one number of each up. */
    Map<String, Long> sequences() throws SQLException {
        Map<String, Long> sequences = new TreeMap<>();
        for (String name :
                texts("select sequence_name from information_schema.sequences where sequence_schema = current_schema"))
            sequences.put(name, number("select nextval('" + name + "')") + 1);
        return sequences;
    }

    /** For names that were not made by our migrations, whatever letters they have. */
    private static String quoted(String name) {
        return '"' + name + '"';
    }

    /** Writes all rows and tells how many. */
    long write(String table, List<Column> columns, OutputStream out) throws SQLException, IOException {
        String names = names(columns);
        long count = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery("select " + names + " from " + table)) {
                while (rows.next()) {
                    List<@Nullable String> values = new ArrayList<>(columns.size());
                    for (int i = 0; i < columns.size(); i++)
                        values.add(text(rows, i + 1, columns.get(i).kind()));
                    out.write(json.writeValueAsBytes(values));
                    out.write('\n');
                    count++;
                }
            }
        }
        return count;
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static @Nullable String text(ResultSet rows, int column, Kind kind) throws SQLException {
        if (rows.getObject(column) == null) return null;
        return switch (kind) {
            case TEXT, UUID -> rows.getString(column);
            case WHOLE -> Long.toString(rows.getLong(column));
            case DECIMAL -> Double.toString(rows.getDouble(column));
            case FLAG -> Boolean.toString(rows.getBoolean(column));
            case TIME ->
                rows.getObject(column, OffsetDateTime.class).toInstant().toString();
            case BYTES -> Base64.getEncoder().encodeToString(rows.getBytes(column));
        };
    }

    /** Reads what {@link #write} wrote into a table of the same columns, and tells how many rows. */
    long read(String table, List<Column> columns, InputStream in) throws SQLException, IOException {
        String places = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
        long count = 0;
        try (PreparedStatement insert = connection.prepareStatement(
                        "insert into " + table + " (" + names(columns) + ") values (" + places + ")");
                JsonParser rows = json.createParser(new LeftOpen(in))) {
            while (rows.nextToken() != null) {
                @Nullable String[] values = json.readValue(rows, String[].class);
                for (int i = 0; i < columns.size(); i++)
                    set(insert, i + 1, columns.get(i).kind(), values[i]);
                insert.addBatch();
                if (++count % BATCH_ROWS == 0) insert.executeBatch();
            }
            insert.executeBatch();
        }
        return count;
    }

    /** The archive goes on behind the table that is read. */
    private static final class LeftOpen extends FilterInputStream {
        LeftOpen(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    private static void set(PreparedStatement insert, int place, Kind kind, @Nullable String value)
            throws SQLException {
        if (value == null) {
            insert.setNull(place, sqlType(kind));
            return;
        }
        switch (kind) {
            case TEXT -> insert.setString(place, value);
            case UUID -> insert.setObject(place, java.util.UUID.fromString(value));
            case WHOLE -> insert.setLong(place, Long.parseLong(value));
            case DECIMAL -> insert.setDouble(place, Double.parseDouble(value));
            case FLAG -> insert.setBoolean(place, Boolean.parseBoolean(value));
            case TIME -> insert.setObject(place, Instant.parse(value).atOffset(ZoneOffset.UTC));
            case BYTES -> insert.setBytes(place, Base64.getDecoder().decode(value));
        }
    }

    private static int sqlType(Kind kind) {
        return switch (kind) {
            case TEXT -> Types.VARCHAR;
            case UUID -> Types.OTHER;
            case WHOLE -> Types.BIGINT;
            case DECIMAL -> Types.DOUBLE;
            case FLAG -> Types.BOOLEAN;
            case TIME -> Types.TIMESTAMP_WITH_TIMEZONE;
            case BYTES -> Types.VARBINARY;
        };
    }

    /** A foreign key, as it is taken away while rows come in any order, and put back. */
    private record ForeignKey(
            String name,
            String table,
            String target,
            List<String> columns,
            List<String> targetColumns,
            int deleteRule) {
        String drop() {
            return "alter table " + table + " drop constraint " + quoted(name);
        }

        String add() {
            String rule = deleteRule == DatabaseMetaData.importedKeyCascade ? " on delete cascade" : "";
            return "alter table " + table + " add constraint " + quoted(name) + " foreign key ("
                    + String.join(", ", columns) + ") references " + target + " (" + String.join(", ", targetColumns)
                    + ")" + rule;
        }
    }

    /** What fills the tables. */
    interface Filling {
        void fill() throws SQLException, IOException;
    }

    /** Empties all tables and fills them again, in any order; every foreign key is checked at the end. */
    void refill(Filling filling) throws SQLException, IOException {
        List<ForeignKey> keys = foreignKeys();
        for (ForeignKey key : keys) execute(key.drop());
        // Some tables may only ever be appended to, which holds for a delete of nothing too.
        for (String table : tables().keySet())
            if (number("select count(*) from " + table) > 0) execute("delete from " + table);
        filling.fill();
        for (ForeignKey key : keys) execute(key.add());
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<String, ForeignKey> keys = new LinkedHashMap<>();
        DatabaseMetaData metadata = connection.getMetaData();
        for (String table : tables().keySet()) {
            try (ResultSet rows = metadata.getImportedKeys(connection.getCatalog(), connection.getSchema(), table)) {
                while (rows.next()) {
                    String name = rows.getString("FK_NAME");
                    ForeignKey key = keys.get(table + "." + name);
                    if (key == null) {
                        key = new ForeignKey(
                                name,
                                table,
                                rows.getString("PKTABLE_NAME"),
                                new ArrayList<>(),
                                new ArrayList<>(),
                                rows.getInt("DELETE_RULE"));
                        keys.put(table + "." + name, key);
                    }
                    key.columns().add(rows.getString("FKCOLUMN_NAME"));
                    key.targetColumns().add(rows.getString("PKCOLUMN_NAME"));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    /** Counters go on behind what came in. */
    void restartCounters(Map<String, Long> sequences) throws SQLException {
        for (var sequence : sequences.entrySet())
            execute("alter sequence " + sequence.getKey() + " restart with " + sequence.getValue());
        for (var table : tables().entrySet())
            for (Column column : table.getValue())
                if (column.identity())
                    execute("alter table " + table.getKey() + " alter column " + column.name() + " restart with "
                            + (number("select coalesce(max(" + column.name() + "), 0) from " + table.getKey()) + 1));
    }

    List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) texts.add(rows.getString(1));
        }
        return texts;
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
