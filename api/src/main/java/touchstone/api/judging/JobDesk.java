package touchstone.api.judging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.api.storage.Words;
import touchstone.spec.job.Beat;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Input;
import touchstone.spec.job.JobOrder.Purpose;

/** What jobs are given, and what they tell while they work. How they end is for {@link Results}. */
@Singleton
final class JobDesk {
    private final Database database;
    private final JobFence fence;
    private final Blobs blobs;
    private final TaskFiles tasks;
    private final JsonText json;
    private final JudgingConfig config;
    private final InstantSource clock;
    private final MeterRegistry meters;

    JobDesk(
            Database database,
            JobFence fence,
            Blobs blobs,
            TaskFiles tasks,
            JsonText json,
            JudgingConfig config,
            InstantSource clock,
            MeterRegistry meters) {
        this.database = database;
        this.fence = fence;
        this.blobs = blobs;
        this.tasks = tasks;
        this.json = json;
        this.config = config;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * The first process that starts a command gets it; every other is told to stop.
     *
     * @param session the process's own: when the answer is lost, it asks again and is answered the same
     */
    JobOrder start(JobName job, Purpose purpose, String session) {
        return database.transaction(() -> {
            if (purpose == Purpose.FETCH) fence.passFetching(job);
            else if (!open(job, purpose, session) && !isOpenedBy(job, purpose, session)) throw JobFence.stop();
            return order(job, purpose, session);
        });
    }

    private boolean isOpenedBy(JobName job, Purpose purpose, String session) {
        return database.find("""
                        select n from attempt
                        where run = ? and n = ? and open_key is not null and phase = ? and session = ?
                        """, row -> row.integer("n"), job.run(), job.attempt(), Words.of(purpose), session)
                .isPresent();
    }

    private boolean open(JobName job, Purpose purpose, String session) {
        String sql =
                switch (purpose) {
                    case FETCH -> throw new IllegalStateException("fetching opens nothing");
                    case TRAIN -> """
                        update attempt set session = ?, state = 'running', phase = 'train', beat = beat + 1, heard_at = ?
                        where run = ? and n = ? and open_key is not null and phase = 'starting' and session is null
                        """;
                    case SCORE -> """
                        update attempt set session = ?, state = 'running', phase = 'score', beat = beat + 1, heard_at = ?
                        where run = ? and n = ? and open_key is not null and phase = 'trained'
                        """;
                };
        return database.change(sql, session, clock.instant(), job.run(), job.attempt()) == 1;
    }

    private JobOrder order(JobName job, Purpose purpose, String session) {
        record Work(long seed, UUID task, int version, String variant) {}
        Work work = database.get(
                """
                select r.seed, j.task, j.version, j.variant from run r join judging j on j.id = r.judging where r.id = ?
                """,
                row -> new Work(row.number("seed"), row.uuid("task"), row.integer("version"), row.text("variant")),
                job.run());
        return new JobOrder(
                session,
                purpose,
                work.seed(),
                tasks.get(work.task(), work.version()).recipe().device().threads(),
                (int) config.beat().toSeconds(),
                (int) config.deadline().toSeconds(),
                inputs(job.run(), purpose),
                Variant.leftOut(work.variant()));
    }

    /** What reads a contestant's files never gets the hidden test, and the other way round. */
    private List<Input> inputs(UUID run, Purpose purpose) {
        return switch (purpose) {
            case FETCH -> List.of(input("task", run, "v.pack_blob"));
            case TRAIN -> List.of(input("task", run, "v.pack_blob"), input("strategy", run, "s.blob"));
            case SCORE ->
                List.of(
                        input("task", run, "v.pack_blob"),
                        input("weights", run, "r.weights_blob"),
                        input("hidden", run, "v.hidden_blob"));
        };
    }

    private Input input(String name, UUID run, String column) {
        return database.get(
                """
                select b.digest, b.bytes
                from run r
                join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                join task_version v on v.task = j.task and v.n = j.version
                join blob b on b.digest = %s
                where r.id = ?
                """.formatted(column), row -> new Input(name, row.text("digest"), row.number("bytes")), run);
    }

    Blobs.Content input(Sender sender, String name) {
        if (sender.purpose() == Purpose.FETCH) fence.passFetching(sender.job());
        else fence.pass(sender);
        return inputs(sender.job().run(), sender.purpose()).stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .map(input -> open(input, sender.purpose()))
                .orElseThrow(Refusal::notFound);
    }

    private Blobs.Content open(Input input, Purpose purpose) {
        Blobs.Content content = blobs.open(input.digest());
        meters.counter("touchstone.job.sent", "input", input.name(), "to", Words.of(purpose))
                .increment(content.bytes());
        return content;
    }

    void beat(Sender sender, Beat beat) {
        database.transaction(() -> {
            fence.pass(sender);
            database.change(
                    "update attempt set epoch = ?, epochs = ?, seconds_left = ? where run = ? and n = ?",
                    beat.epoch(),
                    beat.epochs(),
                    beat.secondsLeft() < 0 ? null : beat.secondsLeft(),
                    sender.job().run(),
                    sender.job().attempt());
        });
    }

    void curve(Sender sender, CurvePoint point) {
        database.transaction(() -> {
            fence.pass(sender);
            database.change(
                    "insert into curve (run, n, epoch, body) values (?, ?, ?, ?) on conflict do nothing",
                    sender.job().run(),
                    sender.job().attempt(),
                    point.epoch(),
                    json.write(point));
        });
    }

    void log(Sender sender, String text) {
        database.transaction(() -> {
            fence.pass(sender);
            database.change(
                    "update attempt set log = ? where run = ? and n = ?",
                    Texts.storable(text, JudgingConfig.LOG_BYTES_MAX),
                    sender.job().run(),
                    sender.job().attempt());
        });
    }

    /** @param digest what the job believes it sends */
    void weights(Sender sender, String digest, InputStream body) throws IOException, Blobs.TooLarge {
        // Before a long body is read, and again in the transaction that keeps it.
        fence.pass(sender);
        try (Blobs.Incoming incoming = blobs.receive(body, JudgingConfig.WEIGHTS_BYTES_MAX)) {
            if (!incoming.digest().equals(digest)) throw damaged(incoming.digest(), digest);
            blobs.sendAhead(incoming);
            database.transaction(() -> {
                fence.pass(sender);
                database.change(
                        "update attempt set weights_blob = ? where run = ? and n = ?",
                        blobs.keep(incoming, "weights"),
                        sender.job().run(),
                        sender.job().attempt());
            });
        }
    }

    private static Refusal damaged(String received, String announced) {
        return Refusal.of(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "digest-mismatch",
                "The bytes are not those announced",
                "The body's SHA-256 is " + received + " and Touchstone-Digest says " + announced + ". Send it again.");
    }
}
