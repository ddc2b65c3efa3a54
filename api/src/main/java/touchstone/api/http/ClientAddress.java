package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a request comes from. What X-Forwarded-For says is believed only as far as proxies that are trusted wrote it. */
@Singleton
public final class ClientAddress {
    private static final int IPV6_NETWORK_BYTES = 8;

    private final List<Network> trusted;

    public ClientAddress(HttpConfig config) {
        trusted = config.trustedProxies().stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(Network::parse)
                .toList();
    }

    /** Whether anybody's X-Forwarded-For is believed; else every client of a proxy looks like the proxy. */
    public boolean seesThroughProxies() {
        return !trusted.isEmpty();
    }

    /** The client, by its address; of an IPv6 address its network, since a home has all of one. */
    public String of(HttpRequest<?> request) {
        InetAddress remote = request.getRemoteAddress().getAddress();
        List<String> forwarded = request.getHeaders().getAll("X-Forwarded-For");
        return of(remote == null ? InetAddress.getLoopbackAddress() : remote, forwarded);
    }

    String of(InetAddress remote, List<String> forwarded) {
        return text(client(remote, forwarded));
    }

    /** From the last to the first: each address was written by the one behind it, up to the first that is not trusted. */
    private InetAddress client(InetAddress remote, List<String> forwarded) {
        InetAddress client = remote;
        List<String> hops = List.of(String.join(",", forwarded).split(",")).reversed();
        for (String hop : hops) {
            if (!isTrusted(client)) return client;
            Optional<InetAddress> next = parse(hop.strip());
            if (next.isEmpty()) return client;
            client = next.get();
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.holds(address));
    }

    private static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) return address.getHostAddress();
        byte[] network = new byte[bytes.length];
        System.arraycopy(bytes, 0, network, 0, IPV6_NETWORK_BYTES);
        return new Network(network, IPV6_NETWORK_BYTES * 8).toString();
    }

    /** Only numbers: a name would be looked up. */
    private static Optional<InetAddress> parse(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private record Network(byte[] address, int bits) {

        static Network parse(String text) {
            String[] parts = text.split("/", 2);
            Optional<InetAddress> address = ClientAddress.parse(parts[0]);
            int most = address.map(known -> known.getAddress().length * 8).orElse(0);
            @Nullable Integer bits = parts.length == 1 ? Integer.valueOf(most) : number(parts[1]);
            if (address.isEmpty() || bits == null || bits > most)
                throw new IllegalArgumentException("touchstone.http.trusted-proxies has \"" + text
                        + "\"; write addresses such as 10.0.0.7 or 10.0.0.0/8, with commas between them");
            return new Network(address.get().getAddress(), bits);
        }

        private static @Nullable Integer number(String text) {
            return text.matches("[0-9]{1,3}") ? Integer.valueOf(text) : null;
        }

        boolean holds(InetAddress other) {
            byte[] bytes = other.getAddress();
            if (bytes.length != address.length) return false;
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((bytes[bit / 8] & mask) != (address[bit / 8] & mask)) return false;
            }
            return true;
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(address) + "/" + bits;
        }
    }
}
