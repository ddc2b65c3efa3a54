package touchstone.api.http;

import io.micronaut.http.server.netty.NettyEmbeddedServer;
import io.micronaut.http.ssl.ServerSslConfiguration;
import io.micronaut.runtime.server.EmbeddedServer;

/** Where plain HTTP is spoken. Where TLS is spoken beside it, the framework calls the port of TLS the server's. */
public final class PlainPort {
    private PlainPort() {}

    /** The port of a server that listens, be it a chosen one or any that was free. */
    public static int of(EmbeddedServer server) {
        ServerSslConfiguration tls = server.getApplicationContext().getBean(ServerSslConfiguration.class);
        if (!tls.isEnabled() || !(server instanceof NettyEmbeddedServer netty)) return server.getPort();
        return netty.getBoundPorts().stream()
                .filter(port -> port != tls.getPort())
                .findFirst()
                .orElseGet(server::getPort);
    }
}
