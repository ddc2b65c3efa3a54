package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.spec.job.Beat;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;

/** Who may write for a job, and what it is given, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JobFenceTest extends PlayedContest {
    @Test
    void aSecondStartOfACommandIsRefused() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        server.start(job, Purpose.TRAIN);

        refused(() -> server.start(job, Purpose.TRAIN));
        refused(() -> server.start(job, Purpose.SCORE));
    }

    @Test
    void anotherSessionIsFencedOut() {
        contest.submit(alice);
        server.tick();
        Sender sender = server.start(server.job(), Purpose.TRAIN);
        Sender other = new Sender(sender.job(), Purpose.TRAIN, "another");

        refused(() -> house.desk.beat(other, new Beat(1, 0, 3, -1)));
        refused(() -> house.desk.curve(other, new CurvePoint(1, 1, 1, 1, 1, 1)));
        refused(() -> house.desk.log(other, "text"));
        refused(() -> house.desk.input(other, "task"));
        refused(() -> server.putWeights(other));
        refused(() -> server.send(other, TestServer.trained(other.job())));
    }

    @Test
    void trainingIsFencedOutWhenItHasEnded() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.train(server.job());

        refused(() -> house.desk.beat(train, new Beat(9, 3, 3, 0)));
        refused(() -> server.putWeights(train));
        server.start(server.job(), Purpose.SCORE);
        refused(() -> house.desk.input(train, "task"));
        assertEquals("running", house.judgingState(submission));
    }

    @Test
    void trainGetsTheStrategyAndScoreTheHiddenTestAndNeitherTheOthers() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        JobOrder order = house.desk.start(job, Purpose.TRAIN, UUID.randomUUID().toString());
        Sender train = new Sender(job, Purpose.TRAIN, order.session());

        assertEquals(List.of("task", "strategy"), names(order));
        assertEquals(1, order.seed());
        for (String name : List.of("hidden", "weights", "../task", "")) absent(() -> house.desk.input(train, name));
        server.putWeights(train);
        refused(() -> server.send(train, TestServer.scored(job, 1)));
        server.send(train, TestServer.trained(job));

        JobOrder scoreOrder =
                house.desk.start(job, Purpose.SCORE, UUID.randomUUID().toString());
        Sender score = new Sender(job, Purpose.SCORE, scoreOrder.session());
        assertEquals(List.of("task", "weights", "hidden"), names(scoreOrder));
        absent(() -> house.desk.input(score, "strategy"));
        refused(() -> server.send(score, TestServer.rejected()));
        refused(() -> server.send(score, TestServer.trained(job)));
        assertNotEquals(order.session(), scoreOrder.session());
    }

    private static void absent(Runnable act) {
        assertEquals(404, assertThrows(Refusal.class, act::run).status().getCode());
    }

    private static List<String> names(JobOrder order) {
        return order.inputs().stream().map(JobOrder.Input::name).toList();
    }
}
