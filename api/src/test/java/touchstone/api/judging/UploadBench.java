package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.fixtures.Fixtures;

/**
 * What a server's process holds while a task of 200 MB is uploaded: a real {@code serve} with the launcher's own options, on
 * H2, its evaluator's commands being processes of their own. Run by {@code ./touchstone bench --server upload}.
 */
final class UploadBench {
    private static final int ROUNDS = 3;
    private static final int MORE_BYTES = 200_000_000;
    private static final int RESIDENT_MB_MAX = 500;

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void aTaskOf200MegabytesIsUploaded() throws Exception {
        Path data = folder.resolve("house");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, "a long password\n", "admin", "create", "--organizer", "--name", "olivia");
        try (RealServer server = new RealServer(data, null)) {
            server.start(RealServer.LAUNCHED);
            String cookie = signIn(server);
            System.out.printf(Locale.ROOT, "upload, before: %d MB resident%n", residentMegabytes(server, "VmRSS"));
            for (int round = 1; round <= ROUNDS; round++) {
                Path zip = largeTask(round);
                long began = System.nanoTime();
                HttpResponse<String> answer = upload(server, cookie, zip);
                double seconds = (System.nanoTime() - began) / 1e9;
                assertTrue(
                        answer.statusCode() < 300 || answer.statusCode() == 422,
                        () -> answer.body() + server.printed());
                System.out.printf(
                        Locale.ROOT,
                        "upload, %d: %d MB in %.1f s, answered %d; %d MB resident at most%n",
                        round,
                        Files.size(zip) / 1_000_000,
                        seconds,
                        answer.statusCode(),
                        residentMegabytes(server, "VmHWM"));
                Files.delete(zip);
            }
            assertTrue(residentMegabytes(server, "VmHWM") < RESIDENT_MB_MAX);
        }
    }

    private String signIn(RealServer server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "/api/session"))
                .header("Content-Type", "application/json")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofString(
                        json.writeValueAsString(Map.of("name", "olivia", "password", "a long password"))))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        return answer.headers()
                .firstValue("Set-Cookie")
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .orElseThrow(() -> new IllegalStateException(answer.body()));
    }

    private HttpResponse<String> upload(RealServer server, String cookie, Path zip) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "/api/tasks"))
                .header("Content-Type", "application/zip")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofFile(zip))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The tiny task and, beside its files, one that nothing can make smaller. */
    private Path largeTask(int seed) throws IOException {
        Path large = folder.resolve("large-" + seed + ".zip");
        try (InputStream tiny = Files.newInputStream(folder.resolve("fixtures/tiny.zip"));
                ZipInputStream in = new ZipInputStream(tiny);
                OutputStream file = Files.newOutputStream(large);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.setLevel(0);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                in.transferTo(out);
            }
            out.putNextEntry(new ZipEntry("more.bin"));
            byte[] block = new byte[1_000_000];
            Random random = new Random(seed);
            for (int written = 0; written < MORE_BYTES; written += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        return large;
    }

    /** @param field VmRSS = now, VmHWM = the most so far */
    private static long residentMegabytes(RealServer server, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000)
                .findFirst()
                .orElseThrow();
    }
}
