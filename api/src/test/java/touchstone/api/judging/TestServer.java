package touchstone.api.judging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.ProcessMark;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Digests;
import touchstone.spec.job.Beat;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/** One start of a server, with a runner of its own, and its jobs as far as a test plays them. */
final class TestServer {
    final House house;
    final Machine machine;
    final FakeRunner runner;
    final ServerInstance instance;
    private final OpenLoop open;
    final DispatchLoop dispatch;
    final ObserveLoop observe;
    final ExpireLoop expire;
    final SweepLoop sweep;

    TestServer(House house, int slots) {
        this(house, slots, Machine.here());
    }

    TestServer(House house, int slots, Machine machine) {
        this.house = house;
        this.machine = machine;
        runner = new FakeRunner(slots);
        instance = new ServerInstance(machine, house.database, house.clock);
        instance.register();
        Claims claims = new Claims(house.database, house.locks, house.queue, house.tasks, instance, house.clock);
        Instances instances = new Instances(house.database, machine, House.CONFIG, house.clock::nanos);
        open = house.open;
        dispatch = new DispatchLoop(
                house.queue,
                claims,
                house.tokens,
                instance,
                runner,
                new Beginnings(house.database, runner, house.clock));
        observe = new ObserveLoop(runner, house.attempts);
        expire = new ExpireLoop(house.attempts, House.CONFIG, house.clock::nanos);
        sweep = new SweepLoop(house.attempts, instances, instance, runner, House.CONFIG, house.clock::nanos);
    }

    /** This machine, with a process that is not there any more. */
    static Machine withDeadServer() {
        Machine here = Machine.here();
        return new Machine(
                here.host(), here.bootId(), new ProcessMark(here.server().pid(), 1));
    }

    static Machine elsewhere() {
        return new Machine("elsewhere", "another boot", new ProcessMark(1, 1));
    }

    /** Every loop twice: a tick must be safe to run again. */
    void tick() {
        for (JudgingLoop loop : List.of(open, house.setLoop, house.held, dispatch, observe, expire, sweep)) {
            loop.tick();
            loop.tick();
        }
    }

    /** The job that was started last. */
    JobName job() {
        return runner.launched.getLast().job();
    }

    Sender start(JobName job, Purpose purpose) {
        JobOrder order = house.desk.start(job, purpose, UUID.randomUUID().toString());
        return new Sender(job, purpose, order.session());
    }

    /** The job that was started last begins, unless it has, and then ends so. */
    void ends(JobState state) {
        if (!house.attempts.hasBegun(job())) {
            boolean trained = house.database.get(
                    "select phase from attempt where run = ? and n = ?",
                    row -> row.text("phase").equals("trained"),
                    job().run(),
                    job().attempt());
            start(job(), trained ? Purpose.SCORE : Purpose.TRAIN);
        }
        runner.becomes(job(), state);
    }

    Sender train(JobName job) {
        Sender sender = start(job, Purpose.TRAIN);
        putWeights(sender);
        send(sender, trained(job));
        return sender;
    }

    /** Trains and scores to the end. */
    Sender finish(JobName job, double accuracy) {
        train(job);
        Sender sender = start(job, Purpose.SCORE);
        send(sender, scored(job, accuracy));
        return sender;
    }

    void putWeights(Sender sender) {
        byte[] weights = weights(sender.job());
        try {
            house.desk.weights(sender, Digests.of(weights), new ByteArrayInputStream(weights));
        } catch (IOException | Blobs.TooLarge e) {
            throw new IllegalStateException(e);
        }
    }

    void send(Sender sender, JobResult result) {
        house.results.accept(sender, result, Digests.of(house.json.write(result)));
    }

    static byte[] weights(JobName job) {
        return ("weights of " + job.run()).getBytes(StandardCharsets.UTF_8);
    }

    static JobResult.Trained trained(JobName job) {
        return new JobResult.Trained(
                Digests.of(weights(job)),
                Digests.of("initial weights"),
                new JobResult.Validation(
                        Map.of("accuracy", 0.5),
                        List.of(new JobResult.ClassScore("i", 4, 0.5), new JobResult.ClassScore("ii", 4, 0.5)),
                        new int[][] {{2, 2}, {2, 2}},
                        List.of(new JobResult.Slice("lens", "wide", 3, 0.5))),
                Map.of("load", 1.0, "train", 2.0),
                Map.of("threads", "1"),
                List.of("a note"));
    }

    /** What only the hidden test's metadata holds. */
    static final String HIDDEN_VALUE = "seen in the hidden test alone";

    static JobResult.Scored scored(JobName job, double accuracy) {
        return new JobResult.Scored(
                Digests.of(weights(job)),
                Map.of("public", Map.of("accuracy", accuracy), "private", Map.of("accuracy", accuracy / 2)),
                Map.of("public", 60, "private", 140),
                Map.of("public", "AA==", "private", "AA=="),
                Map.of("public", List.of(new JobResult.Slice("lens", HIDDEN_VALUE, 60, accuracy))),
                Map.of("load", 1.0, "score", 3.0),
                Map.of("threads", "1"));
    }

    static JobResult.Rejected rejected() {
        return new JobResult.Rejected(List.of(Problem.of(null, "the loss is not finite", "a smaller weight")));
    }

    /** Time passes in steps that a server would see, and nobody is heard. */
    void passLooking(Duration time) {
        Duration step = Duration.ofSeconds(10);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            house.clock.pass(step);
            expire.tick();
            sweep.tick();
        }
    }

    /** Time passes in steps that a server would see, and the job keeps beating. */
    void passBeating(Sender sender, Duration time) {
        for (long seconds = 0; seconds < time.toSeconds(); seconds += 10) {
            house.clock.pass(Duration.ofSeconds(10));
            house.desk.beat(sender, new Beat(seconds, 1, 3, 5));
            expire.tick();
        }
    }
}
