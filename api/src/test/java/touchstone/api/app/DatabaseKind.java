package touchstone.api.app;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** The two databases that every server test runs on. */
public enum DatabaseKind {
    H2 {
        @Override
        DatabaseAddress address(Path data) {
            return DatabaseAddress.inFolder(data);
        }
    },
    POSTGRES {
        @Override
        DatabaseAddress address(Path data) {
            String name = "house" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = Postgres.SERVER.getPostgresDatabase().getConnection()) {
                connection.createStatement().execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException("no database for a test", e);
            }
            return DatabaseAddress.of(Postgres.SERVER.getJdbcUrl("postgres", name), data);
        }
    };

    /** A new database; on H2 in that folder. */
    abstract DatabaseAddress address(Path data);

    /** Started once for all tests of a process. */
    private static final class Postgres {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void close(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
