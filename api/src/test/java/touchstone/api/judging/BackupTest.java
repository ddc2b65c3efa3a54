package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.api.judging.House.Contest;
import touchstone.api.storage.Backup;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Restore;

/** A house is taken down and set up again from its backup, on the same and on the other kind of database. */
class BackupTest {
    private static final String PASSPHRASE = "a passphrase of some length";

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("house.backup");
    }

    private House newHouse(TestDatabase kind) throws IOException {
        return new House(kind, Files.createDirectories(folder.resolve("before")));
    }

    private ApplicationContext empty(TestDatabase kind) throws IOException {
        Path data = Files.createDirectories(folder.resolve("after-" + UUID.randomUUID()));
        return kind.context(data, Map.of("flyway.datasources.default.enabled", "false"));
    }

    @ParameterizedTest
    @CsvSource({"H2, H2", "H2, POSTGRESQL", "POSTGRESQL, H2", "POSTGRESQL, POSTGRESQL"})
    void whatIsRestoredShowsTheSameBoardAndJudgesOn(TestDatabase from, TestDatabase to) throws Exception {
        UUID waiting;
        String slug;
        String board;
        Map<String, Long> rows;
        try (House before = newHouse(from)) {
            Contest contest = before.contest(1, 2);
            TestServer server = new TestServer(before, 2);
            contest.submit(contest.team("alice"));
            contest.submit(contest.team("bob"));
            server.tick();
            server.runner.launched.forEach(launch -> server.finish(launch.job(), 0.1 + 0.5 * Math.random()));
            waiting = contest.submit(contest.team("charlie"));
            slug = "task-" + contest.task;
            board = board(before.context, slug);
            assertTrue(board.contains("alice") && board.contains("bob"), board);
            before.context.getBean(Backup.class).write(file(), PASSPHRASE);
            rows = rows(before);
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        ApplicationContext context = empty(to);
        context.getBean(Restore.class).from(Restore.verify(file(), PASSPHRASE));
        try (House after = new House(context)) {
            assertEquals(rows, rows(after));
            assertEquals(board, board(context, slug));
            TestServer server = new TestServer(after, 2);
            server.tick();
            server.finish(server.job(), 0.9);
            assertEquals("scored", after.verdict(waiting));
            assertEquals(0, context.getBean(Blobs.class).collect().adopted());
            assertTrue(board(context, slug).contains("charlie"));
        }
    }

    private static Map<String, Long> rows(House house) {
        return Stream.of("account", "blob", "submission", "judging", "run", "attempt", "metric", "audit", "quota_entry")
                .collect(Collectors.toMap(
                        table -> table,
                        table -> house.database.get("select count(*) as n from " + table, row -> row.number("n"))));
    }

    private static String board(ApplicationContext context, String slug) throws Exception {
        EmbeddedServer server = context.getBean(EmbeddedServer.class);
        if (!server.isRunning()) server.start();
        HttpRequest request = HttpRequest.newBuilder(server.getURI().resolve("/api/tasks/" + slug + "/leaderboard"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return answer.body();
        }
    }

    @Test
    void refusesAFileThatWasChangedCutOffOrIsNone() throws Exception {
        try (House before = newHouse(TestDatabase.H2)) {
            before.contest(1, 1);
            before.blob("x".repeat(3_000_000), "pack");
            before.context.getBean(Backup.class).write(file(), PASSPHRASE);
        }
        byte[] whole = Files.readAllBytes(file());
        Restore.verify(file(), PASSPHRASE);
        for (int place : List.of(3, 25, 60, 200, whole.length / 2, whole.length - 1)) {
            byte[] changed = whole.clone();
            changed[place] ^= 1;
            Files.write(file(), changed);
            assertThrows(Restore.Impossible.class, () -> Restore.verify(file(), PASSPHRASE), "byte " + place);
        }
        for (int length : List.of(0, 10, 70, 300, whole.length - 1)) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThrows(Restore.Impossible.class, () -> Restore.verify(file(), PASSPHRASE), "length " + length);
        }
        Files.write(file(), whole);
        String wrong = String.valueOf(
                assertThrows(Restore.Impossible.class, () -> Restore.verify(file(), "another passphrase"))
                        .getMessage());
        assertTrue(wrong.contains("passphrase is wrong"), wrong);
        Restore.verify(file(), PASSPHRASE);
    }

    @ParameterizedTest
    @CsvSource({"H2", "POSTGRESQL"})
    void refusesADatabaseThatHoldsSomething(TestDatabase kind) throws Exception {
        try (House before = newHouse(kind)) {
            before.context.getBean(Backup.class).write(file(), PASSPHRASE);
            Restore.Verified verified = Restore.verify(file(), PASSPHRASE);
            assertThrows(
                    Restore.Impossible.class,
                    () -> before.context.getBean(Restore.class).from(verified));
            Files.delete(folder.resolve("before/touchstone.key"));
            assertThrows(
                    Restore.Impossible.class,
                    () -> before.context.getBean(Restore.class).from(verified));
        }
    }

    /** What a backup is about to copy is not collected under its hands. */
    @ParameterizedTest
    @CsvSource({"H2", "POSTGRESQL"})
    void gcWaitsForABackup(TestDatabase kind) throws Exception {
        try (House house = newHouse(kind)) {
            house.blob("nobody's", "strategy");
            Blobs.Collected halted = house.database.transaction(() -> {
                house.database.find(
                        "select setting from house where setting = 'collecting' for update",
                        row -> row.text("setting"));
                try (var other = Executors.newSingleThreadExecutor()) {
                    return other.submit(house.blobs::collect).get();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertEquals(new Blobs.Collected(0, 0, 0, true), halted);
            assertEquals(new Blobs.Collected(1, 0, 0, false), house.blobs.collect());
        }
    }
}
