package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.judging.House.Contest;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder.Purpose;

/** What is kept how long. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class RetentionTest {
    @TempDir
    private Path data;

    @Parameter
    private TestDatabase kind;

    private House house;
    private Contest contest;
    private TestServer server;
    private Retention retention;

    @BeforeEach
    void open() {
        house = new House(kind, data);
        contest = house.contest(1, 5);
        server = new TestServer(house, 5);
        retention = new Retention(house.database, house.clock);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private long count(String from) {
        return house.database.get("select count(*) as n from " + from, row -> row.number("n"));
    }

    /** A submission that is trained and scored. */
    private UUID judged(String team) {
        UUID submission = contest.submit(contest.team(team));
        server.tick();
        JobFence.Sender sender = server.start(server.job(), Purpose.TRAIN);
        house.desk.log(sender, "what it printed");
        house.desk.curve(sender, new CurvePoint(1, 1, 0.5, 1, 0.5, 0.1));
        server.putWeights(sender);
        server.send(sender, TestServer.trained(server.job()));
        JobFence.Sender scoring = server.start(server.job(), Purpose.SCORE);
        server.send(scoring, TestServer.scored(server.job(), 0.5));
        assertEquals("scored", house.verdict(submission));
        return submission;
    }

    @Test
    void keepsTheWeightsOfWhatCountsForHalfAYearAndScoresForEver() {
        judged("alice");
        assertEquals(1, retention.collect().weights(), "an ended attempt's own mark: the run has the weights");
        assertEquals(1, count("run where weights_blob is not null"));
        house.clock.pass(Retention.WEIGHTS_KEPT.minusDays(1));
        assertEquals(0, retention.collect().weights());
        house.blobs.collect();
        assertEquals(1, count("blob where kind = 'weights'"));

        house.clock.pass(Duration.ofDays(2));
        assertEquals(1, retention.collect().weights());
        assertEquals(1, house.blobs.collect().deleted());
        assertEquals(0, count("blob where kind = 'weights'"));
        assertEquals(1, count("run where correct_blob is not null and trained is not null"));
        assertEquals(2, count("metric where fold in ('public', 'private')"));
        assertEquals(1, count("curve"));
    }

    @Test
    void dropsTheWeightsOfWhatDoesNotCountAfterAMonth() {
        judged("alice");
        UUID bob = judged("bob");
        house.database.change("update judging set valid = false where submission = ?", bob);
        retention.collect();
        house.clock.pass(Retention.OTHER_WEIGHTS_KEPT.plusDays(1));
        assertEquals(1, retention.collect().weights());
        assertEquals(
                0,
                count("run join judging on judging.id = run.judging"
                        + " where run.weights_blob is not null and judging.valid = false"));
        assertEquals(1, count("run where weights_blob is not null"));
    }

    @Test
    void dropsLogsAfterAQuarterAndNothingOfAnAttemptThatRuns() {
        judged("alice");
        house.clock.pass(Retention.LOGS_KEPT.minusDays(1));
        assertEquals(0, retention.collect().logs());
        contest.submit(contest.team("bob"));
        server.tick();
        JobFence.Sender running = server.start(server.job(), Purpose.TRAIN);
        server.putWeights(running);
        house.desk.log(running, "what it prints");
        house.clock.pass(Duration.ofDays(2));
        Retention.Dropped dropped = retention.collect();
        assertEquals(1, dropped.logs());
        server.send(running, TestServer.trained(running.job()));
        assertNotNull(house.database.get(
                "select weights_blob from run where id = ?",
                row -> row.text("weights_blob"),
                running.job().run()));
    }
}
