package touchstone.api.app;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

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
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
                return DatabaseAddress.of(postgres.getJdbcUrl("postgres", "postgres"), data);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    abstract DatabaseAddress address(Path data);

    private static void close(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
