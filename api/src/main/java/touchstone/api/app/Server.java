package touchstone.api.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds an application from what the command line said. */
public final class Server {
    private Server() {}

    /** @param port 0 = any free one; @param publicUrl null = the address that it listens on */
    public record Options(
            Path home,
            Path data,
            Settings.Mode mode,
            DatabaseAddress database,
            String host,
            int port,
            @Nullable String publicUrl) {}

    /** All beans, no listening socket: for commands that work on the data alone. */
    public static ApplicationContext context(Options options) {
        return context(options, Map.of());
    }

    /** A server that listens. Closing it stops everything. */
    public static EmbeddedServer start(Options options) {
        return start(options, Map.of());
    }

    /** @param more properties beside those of the options */
    public static EmbeddedServer start(Options options, Map<String, Object> more) {
        ApplicationContext context = context(options, more);
        try {
            EmbeddedServer server = context.getBean(EmbeddedServer.class);
            server.start();
            return server;
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** @param more properties beside those of the options */
    public static ApplicationContext context(Options options, Map<String, Object> more) {
        Map<String, Object> properties = new LinkedHashMap<>(options.database().properties());
        properties.put("touchstone.home", options.home().toString());
        properties.put("touchstone.data", options.data().toString());
        properties.put("touchstone.mode", options.mode().name());
        if (options.publicUrl() != null) properties.put("touchstone.public-url", options.publicUrl());
        properties.put("micronaut.server.host", options.host());
        properties.put("micronaut.server.port", options.port() == 0 ? -1 : options.port());
        properties.putAll(more);
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .properties(properties)
                .start();
    }
}
