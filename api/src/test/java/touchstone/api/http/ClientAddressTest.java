package touchstone.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientAddressTest {
    private static String client(List<String> trusted, String remote, String... forwarded) {
        return new ClientAddress(new HttpConfig(trusted, true)).of(InetAddress.ofLiteral(remote), List.of(forwarded));
    }

    @Test
    void whatAStrangerSaysIsNotBelieved() {
        assertEquals("203.0.113.9", client(List.of(), "203.0.113.9", "198.51.100.1"));
        assertEquals("203.0.113.9", client(List.of("10.0.0.0/8"), "203.0.113.9", "198.51.100.1"));
    }

    @Test
    void ofAChainTheFirstThatIsNotTrustedIsTheClient() {
        List<String> trusted = List.of("10.0.0.0/8", "192.0.2.7");
        assertEquals("198.51.100.1", client(trusted, "10.1.2.3", "6.6.6.6, 198.51.100.1, 192.0.2.7"));
        assertEquals("198.51.100.1", client(trusted, "10.1.2.3", "6.6.6.6", "198.51.100.1"));
        assertEquals("192.0.2.8", client(trusted, "10.1.2.3", "192.0.2.8"));
        assertEquals("10.1.2.3", client(trusted, "10.1.2.3"));
        assertEquals("10.1.2.3", client(trusted, "10.1.2.3", "6.6.6.6, evil.example"));
        assertEquals("11.0.0.1", client(trusted, "11.0.0.1", "6.6.6.6"));
    }

    @Test
    void anIpv6HomeIsOneClient() {
        List<String> trusted = List.of("fd00::/8");
        assertEquals(
                client(trusted, "fd00::1", "2001:db8:1:2:aaaa::1"), client(trusted, "fd00::1", "2001:db8:1:2:bbbb::2"));
        assertTrue(client(trusted, "fd00::1", "2001:db8:1:3::1").startsWith("20010db800010003"));
    }

    @Test
    void aProxyThatIsNoAddressIsRefusedAtTheStart() {
        for (String wrong : List.of("proxy.example", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/"))
            assertTrue(assertThrows(IllegalArgumentException.class, () -> client(List.of(wrong), "10.0.0.1"))
                    .getMessage()
                    .contains(wrong));
    }
}
