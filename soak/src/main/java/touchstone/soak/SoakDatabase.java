package touchstone.soak;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The database below the servers: one that was given, one that is brought along, or the data folder's own. */
final class SoakDatabase implements AutoCloseable {
    private final Options options;
    private @Nullable EmbeddedPostgres embedded;
    private int port;

    private SoakDatabase(Options options) {
        this.options = options;
    }

    static SoakDatabase open(Options options) throws IOException {
        SoakDatabase database = new SoakDatabase(options);
        if (options.database().equals(Options.POSTGRES)) database.start();
        return database;
    }

    /** As {@code --database-url} takes it; null = the file of the data folder. */
    @Nullable
    String url() {
        if (options.isH2()) return null;
        return embedded == null ? options.database() : embedded.getJdbcUrl("postgres", "postgres");
    }

    /** The same data on the same port as before. */
    void start() throws IOException {
        Path folder = options.folder().resolve("postgres");
        Files.createDirectories(folder.getParent());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                // What is committed is committed: the library's own default forgets the last moments of a stop.
                .setServerConfig("synchronous_commit", "on");
        if (port != 0) builder.setPort(port);
        embedded = builder.start();
        port = embedded.getPort();
    }

    /** Breaks every connection. */
    void stop() throws IOException {
        if (embedded != null) embedded.close();
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    /** One row of an answer, as text. */
    List<String> rows(String sql) throws SQLException {
        String url = url();
        if (url == null)
            url = "jdbc:h2:file:"
                    + options.data().resolve("db").resolve("touchstone").toAbsolutePath()
                    + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IFEXISTS=TRUE";
        String user = options.isH2() ? "sa" : null;
        try (Connection connection =
                        user == null ? DriverManager.getConnection(url) : DriverManager.getConnection(url, user, "");
                ResultSet results = connection.createStatement().executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = results.getMetaData().getColumnCount();
            while (results.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) row.add(String.valueOf(results.getString(i)));
                rows.add(String.join(" ", row));
            }
            return rows;
        }
    }

    /** On a PostgreSQL. */
    void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(Objects.requireNonNull(url()));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    long count(String sql) throws SQLException {
        return Long.parseLong(rows(sql).getFirst());
    }
}
