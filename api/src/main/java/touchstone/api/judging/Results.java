package touchstone.api.judging;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.spec.catalogue.Metric;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;
import touchstone.spec.task.TaskFile;

/**
 * Takes the results of jobs, each once. What a result changes (run, metrics, verdict, refund) is one transaction under the
 * judging's lock; a repeat is answered like the first time, and another result for the same attempt is an alarm.
 */
@Singleton
final class Results {
    private static final Logger log = LoggerFactory.getLogger(Results.class);

    private final Database database;
    private final JudgingLock locks;
    private final JobFence fence;
    private final Attempts attempts;
    private final Settling settling;
    private final TaskFiles tasks;
    private final Blobs blobs;
    private final JsonText json;

    Results(
            Database database,
            JudgingLock locks,
            JobFence fence,
            Attempts attempts,
            Settling settling,
            TaskFiles tasks,
            Blobs blobs,
            JsonText json) {
        this.database = database;
        this.locks = locks;
        this.fence = fence;
        this.attempts = attempts;
        this.settling = settling;
        this.tasks = tasks;
        this.blobs = blobs;
        this.json = json;
    }

    /** @param digest of the body that {@code result} was read from */
    void accept(Sender sender, JobResult result, String digest) {
        database.transaction(() -> {
            UUID judging = locks.lockOf(sender.job().run()).orElseThrow(JobFence::stop);
            if (isRepeat(sender, digest)) return;
            fence.pass(sender);
            remember(sender, digest);
            take(sender, judging, result);
        });
    }

    /**
     * A blob has a row and no content: somebody lost a disk. Weights are trained again; what the organizer or a team gave is
     * nothing that another try would find.
     */
    void inputGone(Sender sender, String name) {
        log.error("ALARM: attempt {} asks for \"{}\", whose blob has a row and no content", sender.job(), name);
        database.transaction(() -> {
            boolean weights = name.equals("weights");
            boolean ended = attempts.end(
                    sender.job(), weights ? Fault.OURS : Fault.ORGANIZER, "the blob of \"" + name + "\" is gone");
            if (ended && weights)
                database.change(
                        "update run set weights_blob = null, trained = null, trained_in = null where id = ?",
                        sender.job().run());
        });
    }

    private boolean isRepeat(Sender sender, String digest) {
        Optional<String> taken = takenBefore(sender);
        if (taken.isEmpty()) return false;
        if (taken.get().equals(digest)) return true;
        log.error(
                "ALARM: attempt {} delivered two different results ({}): {} and then {}",
                sender.job(),
                sender.purpose(),
                taken.get(),
                digest);
        throw JobFence.stop();
    }

    private Optional<String> takenBefore(Sender sender) {
        record Taken(@Nullable String train, @Nullable String score) {}
        return database.find(
                        "select train_digest, score_digest from attempt where run = ? and n = ?",
                        row -> new Taken(row.findText("train_digest"), row.findText("score_digest")),
                        sender.job().run(),
                        sender.job().attempt())
                .map(taken -> sender.purpose() == Purpose.TRAIN ? taken.train() : taken.score());
    }

    private void remember(Sender sender, String digest) {
        String column = sender.purpose() == Purpose.TRAIN ? "train_digest" : "score_digest";
        database.change(
                "update attempt set " + column + " = ? where run = ? and n = ?",
                digest,
                sender.job().run(),
                sender.job().attempt());
    }

    private void take(Sender sender, UUID judging, JobResult result) {
        JobName job = sender.job();
        switch (result) {
            case JobResult.Trained trained -> {
                require(sender, Purpose.TRAIN);
                if (ranWhereDemanded(job, trained.fingerprint())) takeTrained(job, trained);
            }
            case JobResult.Rejected rejected -> {
                require(sender, Purpose.TRAIN);
                attempts.close(job, Fault.CONTESTANT, "rejected");
                database.change("update run set state = 'done' where id = ?", job.run());
                settling.reject(judging, rejected.problems());
            }
            case JobResult.Scored scored -> {
                require(sender, Purpose.SCORE);
                if (!ranWhereDemanded(job, scored.fingerprint())) return;
                takeScored(job, scored);
                settling.scoreWhenComplete(judging);
            }
            case JobResult.Faulted faulted -> attempts.end(job, faultOf(faulted), faulted.detail());
        }
    }

    /** A result from another card than the recipe demands has other bits; that it ran there is our fault. */
    private boolean ranWhereDemanded(JobName job, Map<String, String> fingerprint) {
        record Version(UUID task, int number) {}
        Version version = database.get(
                "select j.task, j.version from run r join judging j on j.id = r.judging where r.id = ?",
                row -> new Version(row.uuid("task"), row.integer("version")),
                job.run());
        TaskFile.Gpu gpu =
                tasks.get(version.task(), version.number()).recipe().device().gpu();
        Optional<String> differs = gpu == null ? Optional.empty() : gpu.differs(fingerprint);
        differs.ifPresent(difference -> attempts.end(job, Fault.OURS, difference));
        return differs.isEmpty();
    }

    private static void require(Sender sender, Purpose purpose) {
        if (sender.purpose() != purpose) throw JobFence.stop();
    }

    private static Fault faultOf(JobResult.Faulted faulted) {
        return switch (faulted.fault()) {
            case "limit" -> Fault.LIMIT;
            case "organizer" -> Fault.ORGANIZER;
            default -> Fault.OURS;
        };
    }

    private void takeTrained(JobName job, JobResult.Trained trained) {
        int same = database.change(
                """
                update attempt set phase = 'trained', report = ?
                where run = ? and n = ? and weights_blob = ?
                """,
                json.write(new Settling.Report(trained.seconds(), trained.notes())),
                job.run(),
                job.attempt(),
                trained.weights());
        if (same == 0) throw otherWeights(trained.weights());
        attempts.addToFingerprint(job, trained.fingerprint());
        database.change(
                "update run set weights_blob = ?, trained = ? where id = ?",
                trained.weights(),
                json.write(trained),
                job.run());
    }

    private void takeScored(JobName job, JobResult.Scored scored) {
        JobResult.Trained trained = trained(job.run());
        if (!trained.weights().equals(scored.weights())) throw otherWeights(scored.weights());
        database.change(
                "update attempt set report = ? where run = ? and n = ?",
                json.write(new Settling.Report(sum(trained.seconds(), scored.seconds()), trained.notes())),
                job.run(),
                job.attempt());
        attempts.addToFingerprint(job, scored.fingerprint());
        attempts.close(job, Fault.NONE, "scored");
        insertMetrics(job.run(), "validation", trained.validation().metrics());
        scored.metrics().forEach((fold, metrics) -> insertMetrics(job.run(), fold, metrics));
        database.change(
                "update run set state = 'done', correct_blob = ?, slices = ? where id = ?",
                keepCorrect(scored),
                json.write(scored.slices()),
                job.run());
    }

    private JobResult.Trained trained(UUID run) {
        return database.get(
                "select trained from run where id = ?",
                row -> json.read(row.text("trained"), JobResult.Trained.class),
                run);
    }

    private static Map<String, Double> sum(Map<String, Double> train, Map<String, Double> score) {
        Map<String, Double> sum = new HashMap<>(train);
        score.forEach((phase, seconds) -> sum.merge(phase, seconds, Double::sum));
        return sum;
    }

    /** A value that is not finite has no place in a ranking, so it is left out rather than compared. */
    private void insertMetrics(UUID run, String fold, Map<String, Double> metrics) {
        metrics.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                log.warn("run {}: {} on the fold {} is {}; left out", run, name, fold, value);
                return;
            }
            database.change(
                    "insert into metric (run, fold, name, metric_version, measured) values (?, ?, ?, ?, ?)",
                    run,
                    fold,
                    name,
                    Metric.find(name).map(Metric::version).orElse(0),
                    value);
        });
    }

    private String keepCorrect(JobResult.Scored scored) {
        byte[] bits = json.write(scored.correct()).getBytes(StandardCharsets.UTF_8);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(bits), bits.length)) {
            return blobs.keep(incoming, "correct");
        } catch (IOException | Blobs.TooLarge e) {
            throw new IllegalStateException("what a run got right could not be read from memory", e);
        }
    }

    private static Refusal otherWeights(String named) {
        return Refusal.of(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "digest-mismatch",
                "These are not the weights of this attempt",
                "The result names the weights " + named + ", which this attempt has not stored. Store them first.");
    }
}
