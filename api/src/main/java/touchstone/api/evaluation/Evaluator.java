package touchstone.api.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.http.Refusal;
import touchstone.spec.job.CheckReport;
import touchstone.spec.task.Publication;

/** The evaluator's commands that need no GPU and no torch. Each reads strangers' files in a process of its own. */
@Singleton
public final class Evaluator {
    /** A check takes two seconds of one core; on a machine whose cores all train it was seen to take ten. */
    private static final Duration CHECK_MAX = Duration.ofSeconds(30);

    private static final Duration PUBLISH_MAX = Duration.ofMinutes(5);

    /** Each is a JVM of half a gigabyte and one core. */
    private static final int AT_ONCE = 2;

    /** The exit code of a process that a signal ended is this and the signal's number. */
    private static final int SIGNALS = 128;

    /** Interrupt, kill and terminate: an operator, a terminal, or a machine that is out of memory. */
    private static final Set<Integer> ENDED_BY_SOMEBODY = Set.of(SIGNALS + 2, SIGNALS + 9, SIGNALS + 15);

    private static final Duration TURN_MAX = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(Evaluator.class);

    private final EvaluatorHome home;
    private final ObjectReader checkReports;
    private final ObjectReader publications;
    private final Semaphore places = new Semaphore(AT_ONCE, true);

    Evaluator(EvaluatorHome home, ObjectMapper json) {
        this.home = home;
        this.checkReports =
                json.readerFor(CheckReport.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.publications =
                json.readerFor(Publication.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    /** @param task the version's task.zip; @param strategy a contestant's archive */
    public CheckReport check(Path task, Path strategy, Path scratch) {
        return run(
                List.of("check", "--task", task.toString(), "--strategy", strategy.toString(), "--json"),
                scratch,
                CHECK_MAX,
                checkReports);
    }

    /** Leaves task.zip, hidden.zip and public.zip in {@code out} when there are no problems. */
    public Publication publish(Path task, Path out, Path scratch) {
        return run(
                List.of("publish", "--task", task.toString(), "--out", out.toString()),
                scratch,
                PUBLISH_MAX,
                publications);
    }

    private <T> T run(List<String> arguments, Path scratch, Duration timeMax, ObjectReader reader) {
        Child.Output output;
        try {
            if (!places.tryAcquire(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS))
                throw Refusal.busy("Many archives are being checked. Try again in a minute.", Duration.ofMinutes(1));
            try {
                output = Child.run(home, arguments, scratch, timeMax);
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.busy("The server is stopping.", Duration.ofSeconds(30));
        } catch (IOException e) {
            log.error("the evaluator's command {} could not be started", arguments.getFirst(), e);
            throw Refusal.busy(
                    "The archive could not be read: no process could be started on our side. Nothing is known of the"
                            + " archive; send it again.",
                    Duration.ofSeconds(10));
        }
        return switch (output) {
            case Child.Output.Ended ended -> read(arguments.getFirst(), ended, reader);
            case Child.Output.TooSlow _ ->
                throw Refusal.busy(
                        "Reading the archive took longer than " + timeMax.toSeconds()
                                + " seconds and was stopped. Try again; if it stays so, send fewer or smaller files.",
                        Duration.ofSeconds(20));
        };
    }

    /**
     * Exit 0 = sound, 2 = problems; both print one object. Somebody's signal says nothing of the archive; anything else,
     * a crash included, is a fault of ours.
     */
    private static <T> T read(String command, Child.Output.Ended ended, ObjectReader reader) {
        if (ENDED_BY_SOMEBODY.contains(ended.exit()))
            throw Refusal.busy(
                    "Reading the archive was interrupted on our side, by signal " + (ended.exit() - SIGNALS)
                            + ". Nothing is known of the archive; send it again.",
                    Duration.ofSeconds(2));
        if (ended.exit() != 0 && ended.exit() != 2)
            throw new EvaluatorFault(command + " ended with " + ended.exit() + ": " + ended.errors(), null);
        try {
            return reader.readValue(ended.output());
        } catch (JsonProcessingException e) {
            throw new EvaluatorFault(command + " printed what is no answer", e);
        } catch (IOException e) {
            throw new EvaluatorFault(command + " could not be read", e);
        }
    }
}
