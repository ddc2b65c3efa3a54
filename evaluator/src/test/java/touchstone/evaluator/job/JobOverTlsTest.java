package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.fixtures.Authority;

/** How a job on another machine is told whom it may trust and who it is: files, nothing on the command line or in the environment. */
final class JobOverTlsTest {

    /** Far less than the patience with a server that is away. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static Authority ours;
    private static Authority another;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private @Nullable HttpsServer server;

    @BeforeAll
    static void authorities() throws IOException {
        ours = Authority.make(folder, "ours");
        another = Authority.make(folder, "another");
    }

    @AfterEach
    void stop() {
        if (server != null) server.stop(0);
    }

    @Test
    void aJobReadsItsTokenFromAFileAndTrustsTheAuthorityItIsGiven() throws Exception {
        String address = serve(ours.sign("dns:localhost"));
        Path token = Files.writeString(folder.resolve("token"), "the-token\n");
        assertEquals(
                Exit.STOPPED, run(new TrainCommand(), address, token, ours.certificate()), "the server answers 409");
        assertEquals(List.of("POST /api/runs/some-run/attempts/2/start Bearer the-token"), heard);
    }

    @Test
    void aBundleHoldsTheOldAuthorityAndTheNewOne() throws Exception {
        String address = serve(ours.sign("dns:localhost"));
        Path bundle = Files.writeString(
                folder.resolve("bundle.crt"),
                Files.readString(another.certificate()) + Files.readString(ours.certificate()));
        assertEquals(
                Exit.STOPPED, run(new ScoreCommand(), address, Files.writeString(folder.resolve("t"), "t"), bundle));
        assertEquals(1, heard.size());
    }

    @Test
    void aServerThatAnotherAuthoritySignedIsRefusedAtOnceAndNeverSeesTheToken() throws Exception {
        String address = serve(another.sign("dns:localhost"));
        assertDistrusted(address);
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        String address = serve(ours.sign("dns:touchstone.touchstone.svc"));
        assertDistrusted(address);
    }

    @Test
    void aTokenFileWithoutATokenIsAFault() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertEquals(Exit.FAULT, run(new TrainCommand(), "https://localhost:1", empty, ours.certificate()));
    }

    @Test
    void anAuthorityThatIsNoCertificateIsNamed() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "not a certificate");
        IOException refused =
                assertThrows(IOException.class, () -> new JobClient("https://localhost:1", "t", text, LocalFiles.NONE));
        assertTrue(refused.getMessage().contains(text.toString()), refused.getMessage());
    }

    private void assertDistrusted(String address) throws Exception {
        try (JobClient client = new JobClient(address, "the-token", ours.certificate(), LocalFiles.NONE)) {
            JobClient.Unreachable refused =
                    assertTimeoutPreemptively(AT_ONCE, () -> assertThrows(JobClient.Unreachable.class, client::start));
            assertTrue(refused.getMessage().contains("is not trusted"), refused.getMessage());
        }
        assertEquals(List.of(), heard);
    }

    private static int run(JobCommand command, String server, Path token, Path authority) {
        return new CommandLine(command)
                .execute(
                        "--server",
                        server,
                        "--run",
                        "some-run",
                        "--attempt",
                        "2",
                        "--token-file",
                        token.toString(),
                        "--ca",
                        authority.toString());
    }

    /** A server that wants no job, and remembers who asked. */
    private String serve(Authority.Signed signed) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(signed.store(), signed.password());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            heard.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(409, -1);
            exchange.close();
        });
        server.start();
        return "https://localhost:" + server.getAddress().getPort();
    }
}
