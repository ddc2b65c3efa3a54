package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.House.Contest;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.storage.Digests;
import touchstone.api.storage.S3Server;
import touchstone.api.storage.StorageFault;
import touchstone.spec.job.JobOrder.Purpose;

/** A bucket that refuses is never a contestant's business: the job says it again, and nothing is charged or counted. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class StoreRefusesTest {
    @TempDir
    private Path data;

    @Parameter
    private TestDatabase kind;

    private final S3Server s3 = new S3Server();
    private House house;
    private Contest contest;
    private TestServer server;
    private UUID submission;

    @BeforeEach
    void claim() {
        house = new House(kind, data, s3.properties());
        contest = house.contest(1, 1);
        server = new TestServer(house, 1);
        submission = contest.submit(contest.team("alice"));
        server.tick();
    }

    @AfterEach
    void close() {
        house.close();
        s3.close();
    }

    private void assertNothingHappened() {
        assertEquals("running", house.judgingState(submission));
        assertEquals(List.of("open"), house.faults(submission));
        assertEquals(0, house.failures(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @Test
    void aJobSaysAgainWhatDidNotGetThrough() throws Exception {
        Sender train = server.start(server.job(), Purpose.TRAIN);
        s3.refuse(true);
        assertThrows(StorageFault.class, () -> house.desk.input(train, "task"));
        assertThrows(StorageFault.class, () -> server.putWeights(train));
        assertNothingHappened();
        s3.refuse(false);
        assertEquals("the pack", read(train, "task"));
        server.putWeights(train);
        server.send(train, TestServer.trained(server.job()));

        Sender score = server.start(server.job(), Purpose.SCORE);
        s3.refuse(true);
        assertThrows(StorageFault.class, () -> house.desk.input(score, "hidden"));
        assertThrows(StorageFault.class, () -> server.send(score, TestServer.scored(server.job(), 0.5)));
        assertNothingHappened();
        s3.refuse(false);
        assertEquals("the hidden test", read(score, "hidden"));
        server.send(score, TestServer.scored(server.job(), 0.5));
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("none"), house.faults(submission));
    }

    private String read(Sender sender, String name) throws Exception {
        try (var content = house.desk.input(sender, name)) {
            return new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aLostHiddenTestPausesTheTaskAndChargesNobody() {
        Sender score = trainedUntilScore();
        s3.remove("blobs/" + Digests.of("the hidden test"));
        assertThrows(StorageFault.Gone.class, () -> house.desk.input(score, "hidden"));
        house.results.inputGone(score, "hidden");
        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(List.of("organizer"), house.faults(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
        assertEquals(
                "paused",
                house.database.get("select state from task where id = ?", row -> row.text("state"), contest.task));
    }

    @Test
    void lostWeightsAreTrainedAgain() {
        Sender score = trainedUntilScore();
        s3.remove("blobs/" + Digests.of(TestServer.weights(server.job())));
        assertThrows(StorageFault.Gone.class, () -> house.desk.input(score, "weights"));
        house.results.inputGone(score, "weights");
        assertEquals(List.of("waiting"), house.runStates(submission));
        server.runner.forgetAll();
        house.clock.pass(Duration.ofMinutes(10));
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("ours", "none"), house.faults(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    private Sender trainedUntilScore() {
        server.train(server.job());
        return server.start(server.job(), Purpose.SCORE);
    }
}
