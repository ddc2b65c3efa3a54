package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

/** Somebody ends the process that reads an archive: that says nothing of the archive, and sending it again helps. */
@OnEachDatabase
final class CheckKilledTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestHouse house;

    CheckKilledTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    @Test
    void asksToSendItAgain() throws Exception {
        Person alice = house.person("alice");
        byte[] strategy = TinyTask.strategy("Killed while it was read");

        CompletableFuture<Person.Answer> killed =
                CompletableFuture.supplyAsync(() -> alice.postZip(TinyTask.PATH + "/submissions", strategy));
        awaitCheck().destroyForcibly();

        assertEquals(503, killed.get().status(), killed.get().text());
        assertEquals("busy", killed.get().code());
        assertEquals("2", killed.get().header("Retry-After"));
        assertEquals(0, house.leftovers());
        assertEquals(
                201, alice.postZip(TinyTask.PATH + "/submissions", strategy).status());
    }

    private static ProcessHandle awaitCheck() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<ProcessHandle> check = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info()
                            .arguments()
                            .map(List::of)
                            .filter(words -> words.contains("check"))
                            .isPresent())
                    .findFirst();
            if (check.isPresent()) return check.get();
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        throw new AssertionError("nothing was checked");
    }
}
