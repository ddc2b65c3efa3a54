package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.task.Tasks;

@OnEachDatabase
final class BoardFrontTest {
    private static final String BOARD = TinyTask.PATH + "/leaderboard";

    private final TestHouse house;

    BoardFrontTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    private BoardFront front(Duration moment) {
        return new BoardFront(house.bean(Tasks.class), house.bean(Boards.class), moment);
    }

    private Boards.Ready ready() {
        return house.bean(Boards.class).of(house.bean(Tasks.class).find("tiny").orElseThrow(), BoardKind.PUBLIC);
    }

    @Test
    void givesOutTheBytesThatEverybodyWasAnswered() throws IOException {
        BoardFront front = front(Duration.ofHours(1));
        assertTrue(front.find("tiny").isEmpty(), "nobody has asked yet");
        Boards.Ready ready = ready();
        front.show("tiny", ready);
        BoardFront.Bytes bytes = front.find("tiny").orElseThrow();
        assertArrayEquals(ready.body(), bytes.plain());
        assertArrayEquals(ready.body(), new GZIPInputStream(new ByteArrayInputStream(bytes.gzip())).readAllBytes());
        assertEquals(ready.tag(), bytes.tag());
        assertFalse(bytes.tag().equals(bytes.gzipTag()));
    }

    @Test
    void givesOutNothingThatIsOld() {
        BoardFront front = front(Duration.ofNanos(1));
        front.show("tiny", ready());
        assertTrue(front.find("tiny").isEmpty());
        BoardFront never = front(Duration.ZERO);
        never.show("tiny", ready());
        assertTrue(never.find("tiny").isEmpty());
    }

    @Test
    void aTaskThatIsHiddenMeanwhileIsGivenOutNoMore() {
        BoardFront front = front(Duration.ofHours(1));
        front.show("no-such-task", ready());
        assertTrue(front.find("no-such-task").isPresent());
        front.lookAgain("no-such-task");
        assertTrue(front.find("no-such-task").isEmpty());
    }

    @Test
    void thePublicIsAnsweredTheSameFromReadyBytes() throws IOException {
        Person.Answer usual = house.nobody().get(BOARD);
        BoardFront front = house.bean(BoardFront.class);
        front.keepFor(Duration.ofHours(1));
        try {
            front.show("tiny", ready());
            Person.Answer plain = house.nobody().get(BOARD);
            Person.Answer zipped = house.nobody().get(BOARD, "Accept-Encoding", "gzip");
            assertEquals(200, plain.status());
            assertArrayEquals(usual.bytes(), plain.bytes());
            assertEquals(usual.header("ETag"), plain.header("ETag"));
            assertEquals(usual.header("Content-Type"), plain.header("Content-Type"));
            assertEquals("gzip", zipped.header("Content-Encoding"));
            assertArrayEquals(
                    usual.bytes(), new GZIPInputStream(new ByteArrayInputStream(zipped.bytes())).readAllBytes());
            assertEquals(usual.header("Content-Security-Policy"), zipped.header("Content-Security-Policy"));
            assertFalse(zipped.header("Content-Security-Policy").isEmpty());
            assertEquals(
                    304,
                    house.nobody()
                            .get(BOARD, "Accept-Encoding", "gzip", "If-None-Match", zipped.header("ETag"))
                            .status());
            assertEquals(
                    401,
                    house.nobody().get(BOARD, "Authorization", "Bearer wrong").status());
            assertEquals(400, house.nobody().get(BOARD + "?format=pdf").status());
        } finally {
            front.keepFor(Duration.ZERO);
        }
    }
}
