package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.CountDownLatch;
import touchstone.api.app.Refused;
import touchstone.api.http.PlainPort;

/** Listens until the process is told to stop, and then stops in order. */
final class Listening {
    private Listening() {}

    /** Before a start that takes long; that it is free then proves nothing yet. */
    static void requireFree(String host, int port) throws IOException {
        try (ServerSocket tried = new ServerSocket()) {
            tried.bind(new InetSocketAddress(host, port));
        } catch (BindException e) {
            throw taken(port);
        }
    }

    private static Refused taken(int port) {
        return new Refused("Port " + port + " is taken. Choose another with --port.");
    }

    static EmbeddedServer start(ApplicationContext context, int port) {
        EmbeddedServer server = context.getBean(EmbeddedServer.class);
        try {
            server.start();
        } catch (RuntimeException e) {
            context.close();
            if (isTaken(e)) throw taken(port);
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(context::close, "stop"));
        return server;
    }

    /** The framework's own leaves an IPv6 address without its brackets, and refuses it then. */
    static URI address(EmbeddedServer server) throws URISyntaxException {
        return new URI("http", null, server.getHost(), PlainPort.of(server), null, null, null);
    }

    static void untilStopped() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static boolean isTaken(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause())
            if (cause instanceof BindException) return true;
        return false;
    }
}
