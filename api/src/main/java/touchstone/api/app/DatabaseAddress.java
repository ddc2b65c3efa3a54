package touchstone.api.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is: a file of the data folder, or a PostgreSQL.
 *
 * @param url a JDBC URL
 */
public record DatabaseAddress(String url, String user, String password) {
    /**
     * Without WRITE_DELAY=0, what was committed in the last half second is lost when the process is killed. Without
     * MAX_COMPACT_TIME=0, H2 moves the file's chunks about while it closes, which after a kill has cost whole tables.
     */
    private static final String H2_MODE =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;MAX_COMPACT_TIME=0";

    /** An H2 file of one process. */
    public static DatabaseAddress inFolder(Path data) {
        return new DatabaseAddress(
                "jdbc:h2:file:" + data.toAbsolutePath().resolve("db").resolve("touchstone") + H2_MODE, "sa", "");
    }

    /** @param url {@code jdbc:postgresql://host/database?user=…&password=…}, or null for the file of the data folder */
    public static DatabaseAddress of(@Nullable String url, Path data) {
        if (url == null) return inFolder(data);
        if (!url.startsWith("jdbc:postgresql:"))
            throw new IllegalArgumentException("--database-url is \"" + url
                    + "\"; write jdbc:postgresql://host/database?user=name&password=word, or leave it out for H2.");
        return new DatabaseAddress(url, "", "");
    }

    /** A machine that vanishes says nothing: without these, whoever waits for its answer or its locks waits for ever. */
    private static final int VANISHED_SECONDS = 300;

    Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        if (url.startsWith("jdbc:h2:")) {
            properties.put("datasources.default.url", url);
            properties.put("datasources.default.driver-class-name", "org.h2.Driver");
        } else {
            properties.put("datasources.default.url", withTimeouts(url));
            properties.put("datasources.default.driver-class-name", "org.postgresql.Driver");
            properties.put(
                    "datasources.default.connection-init-sql",
                    "set idle_in_transaction_session_timeout = '" + VANISHED_SECONDS + "s'");
        }
        if (!user.isEmpty()) {
            properties.put("datasources.default.username", user);
            properties.put("datasources.default.password", password);
        }
        return properties;
    }

    /** What the operator wrote in the address goes first. */
    private static String withTimeouts(String url) {
        StringBuilder more = new StringBuilder(url);
        Map<String, String> timeouts = Map.of(
                "connectTimeout", "5", "socketTimeout", Integer.toString(VANISHED_SECONDS), "tcpKeepAlive", "true");
        new TreeMap<>(timeouts).forEach((name, value) -> {
            if (url.contains(name + "=")) return;
            more.append(more.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(value);
        });
        return more.toString();
    }
}
