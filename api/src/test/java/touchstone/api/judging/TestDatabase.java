package touchstone.api.judging;

import io.micronaut.context.ApplicationContext;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The databases that the server runs on; every test of what is stored runs on each. */
enum TestDatabase {
    H2 {
        @Override
        Map<String, Object> properties() {
            return Map.of(
                    "datasources.default.url",
                    "jdbc:h2:mem:" + UUID.randomUUID()
                            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=10000"
                            + ";DB_CLOSE_DELAY=-1",
                    "datasources.default.driver-class-name",
                    "org.h2.Driver",
                    "datasources.default.username",
                    "sa");
        }
    },
    POSTGRESQL {
        @Override
        Map<String, Object> properties() {
            String name = "t" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection()) {
                connection.createStatement().execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException("no database for a test", e);
            }
            return Map.of(
                    "datasources.default.url",
                    Server.POSTGRES.getJdbcUrl("postgres", name),
                    "datasources.default.driver-class-name",
                    "org.postgresql.Driver");
        }
    };

    abstract Map<String, Object> properties();

    /** An application on a new database, without a listening socket and without loops. */
    ApplicationContext context(Path data) {
        return context(data, Map.of());
    }

    ApplicationContext context(Path data, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(properties());
        properties.putAll(more);
        properties.put("touchstone.home", data.toString());
        properties.put("touchstone.data", data.toString());
        properties.put("touchstone.mode", "PRODUCTION");
        properties.put("touchstone.judging.enabled", "false");
        properties.put("touchstone.board.moment", "PT0S");
        properties.put("micronaut.server.port", -1);
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .properties(properties)
                .start();
    }

    /** Started once for all tests of a process. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not start", e);
            }
        }

        private static void close(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
