package touchstone.api.judging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.Status;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.BlobAnswer;
import touchstone.api.http.Bodies;
import touchstone.api.http.BodyMistake;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Digests;
import touchstone.api.storage.StorageFault;
import touchstone.spec.job.Beat;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;

/**
 * The job's side of the server. Every message carries a token of its own; accounts have no way in here.
 *
 * <p>Each body is closed however its message ends: what of it is not closed is memory that never comes back.
 */
@Controller("/api/runs/{run}/attempts/{attempt}")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "jobs")
final class JobController {
    private static final String SESSION = "Touchstone-Session";
    private static final String DIGEST = "Touchstone-Digest";
    private static final String BEARER = "Bearer ";

    private final JobTokens tokens;
    private final JobDesk desk;
    private final Results results;
    private final ObjectMapper json;

    JobController(JobTokens tokens, JobDesk desk, Results results, ObjectMapper json) {
        this.tokens = tokens;
        this.desk = desk;
        this.results = results;
        this.json = json;
    }

    /** Begins an attempt and hands out its session; a second start is refused. */
    @Post("/start")
    @Consumes(MediaType.ALL)
    JobOrder start(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String wanted) {
        JobName job = new JobName(run, attempt);
        Purpose purpose = purpose(job, authorization);
        String session = wanted == null ? UUID.randomUUID().toString() : wanted;
        if (session.isBlank() || session.length() > JudgingConfig.SESSION_CHARACTERS_MAX)
            throw Refusal.badRequest(
                    "bad-request",
                    "The header " + SESSION + " needs 1 to " + JudgingConfig.SESSION_CHARACTERS_MAX + " characters.");
        return desk.start(job, purpose, session);
    }

    /** One of the files that the order names. */
    @Get("/inputs/{name}")
    StreamedFile input(
            UUID run,
            int attempt,
            String name,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session) {
        Sender sender = sender(run, attempt, authorization, session);
        try {
            return BlobAnswer.of(desk.input(sender, name), MediaType.APPLICATION_OCTET_STREAM_TYPE, Instant.EPOCH);
        } catch (StorageFault.Gone e) {
            results.inputGone(sender, name);
            throw JobFence.stop();
        }
    }

    /** Says that the job lives, and how far it is. */
    @Put("/beat")
    @Consumes(MediaType.ALL)
    @Status(HttpStatus.NO_CONTENT)
    void beat(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session,
            @Body InputStream body)
            throws IOException {
        try (body) {
            Sender sender = sender(run, attempt, authorization, session);
            desk.beat(sender, read(read(body, JudgingConfig.MESSAGE_BYTES_MAX), Beat.class));
        }
    }

    /** Adds an epoch to the curve. */
    @Put("/curve")
    @Consumes(MediaType.ALL)
    @Status(HttpStatus.NO_CONTENT)
    void curve(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session,
            @Body InputStream body)
            throws IOException {
        try (body) {
            Sender sender = sender(run, attempt, authorization, session);
            desk.curve(sender, read(read(body, JudgingConfig.MESSAGE_BYTES_MAX), CurvePoint.class));
        }
    }

    /** Replaces what the job printed, its last part. */
    @Put("/log")
    @Consumes(MediaType.ALL)
    @Status(HttpStatus.NO_CONTENT)
    void log(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session,
            @Body InputStream body)
            throws IOException {
        try (body) {
            Sender sender = sender(run, attempt, authorization, session);
            desk.log(sender, new String(read(body, JudgingConfig.LOG_BYTES_MAX), StandardCharsets.UTF_8));
        }
    }

    /** Stores the final weights; their SHA-256 stands in a header. */
    @Put("/weights")
    @Consumes(MediaType.ALL)
    @Status(HttpStatus.NO_CONTENT)
    void weights(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session,
            @Header(DIGEST) @Nullable String digest,
            @Body InputStream body)
            throws IOException {
        try (body) {
            takeWeights(sender(run, attempt, authorization, session), digest, body);
        }
    }

    private void takeWeights(Sender sender, @Nullable String digest, InputStream body) throws IOException {
        if (sender.purpose() != Purpose.TRAIN) throw JobFence.stop();
        if (digest == null)
            throw Refusal.badRequest(
                    "no-digest", "Write the SHA-256 of the body, in hex, into the header " + DIGEST + ".");
        try {
            desk.weights(sender, digest, body);
        } catch (Blobs.TooLarge e) {
            Bodies.drain(body);
            throw Refusal.tooLarge(e.bytesMax());
        } catch (StorageFault e) {
            Bodies.drain(body);
            throw e;
        }
    }

    /** Reports the end. Sent again, it changes nothing. */
    @Put("/result")
    @Consumes(MediaType.ALL)
    @Status(HttpStatus.NO_CONTENT)
    void result(
            UUID run,
            int attempt,
            @Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Header(SESSION) @Nullable String session,
            @Body InputStream body)
            throws IOException {
        try (body) {
            Sender sender = sender(run, attempt, authorization, session);
            byte[] bytes = read(body, JudgingConfig.RESULT_BYTES_MAX);
            results.accept(sender, read(bytes, JobResult.class), Digests.of(bytes));
        }
    }

    private Sender sender(UUID run, int attempt, @Nullable String authorization, @Nullable String session) {
        JobName job = new JobName(run, attempt);
        Purpose purpose = purpose(job, authorization);
        if (session == null) throw JobFence.stop();
        return new Sender(job, purpose, session);
    }

    private Purpose purpose(JobName job, @Nullable String authorization) {
        if (authorization == null || !authorization.startsWith(BEARER)) throw strange();
        return tokens.purpose(job, authorization.substring(BEARER.length())).orElseThrow(JobController::strange);
    }

    private static Refusal strange() {
        return Refusal.of(
                HttpStatus.UNAUTHORIZED,
                "job-token",
                "Not this job's token",
                "Send the header \"Authorization: Bearer <token>\" with the token that this attempt was started with.");
    }

    private static byte[] read(InputStream body, int bytesMax) throws IOException {
        byte[] bytes = body.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) throw Refusal.tooLarge(bytesMax);
        return bytes;
    }

    private <T> T read(byte[] bytes, Class<T> type) throws IOException {
        try {
            return json.readValue(bytes, type);
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("bad-request", BodyMistake.sentence(e));
        }
    }
}
