package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.runner.JobName;
import touchstone.api.runner.ProcessMark;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;

/** The job's side of the server, over HTTP. */
@OnEachDatabase
final class JobHttpTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String BEAT = "{\"count\":1,\"epoch\":1,\"epochs\":3,\"secondsLeft\":2.5}";

    private final TestHouse house;
    private final ObjectMapper json;
    private final JobTokens tokens;
    private Person alice;
    private UUID submission;
    private JobName job;
    private String trainToken;
    private String scoreToken;

    JobHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
        json = house.bean(ObjectMapper.class);
        tokens = house.bean(JobTokens.class);
    }

    /** A submission whose only run has just been claimed. */
    @BeforeEach
    void claim() {
        alice = house.person("alice");
        Person.Answer answer = alice.postZip(
                TinyTask.PATH + "/submissions",
                TinyTask.strategy(UUID.randomUUID().toString()));
        assertEquals(201, answer.status(), answer.text());
        submission = UUID.fromString(answer.json().get("id").asText());
        job = new JobName(UUID.randomUUID(), 1);
        trainToken = tokens.token(job, Purpose.TRAIN);
        scoreToken = tokens.token(job, Purpose.SCORE);
        house.database().transaction(this::insertAttempt);
    }

    private void insertAttempt() {
        Database database = house.database();
        UUID judging = UUID.randomUUID();
        UUID instance = UUID.randomUUID();
        Instant now = Instant.now();
        database.change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), cast(? as uuid), task, 1, id, '', 'running', true, created
                from judging_set where task = ? and kind = 'board'
                """, judging, submission, TinyTask.id(house));
        database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, 1, 1, 'running', 1, 0, ?, 0)
                """, job.run(), judging, now);
        ProcessMark nobody = new ProcessMark(1, 1);
        database.change(
                "insert into instance (id, host, boot_id, pid, pid_ticks, started, seen) values (?, 'h', 'b', ?, ?, ?, ?)",
                instance,
                nobody.pid(),
                nobody.startTicks(),
                now,
                now);
        database.change("""
                insert into attempt (run, n, kind, open_key, state, runner, instance, phase, beat, epoch, epochs, started)
                values (?, 1, 'full', ?, 'starting', 'local', ?, 'starting', 0, 0, 0, ?)
                """, job.run(), job.run(), instance, now);
    }

    @Test
    void aJobGoesItsWayFromStartToScore() throws Exception {
        JobOrder train = start(trainToken);
        assertEquals(Purpose.TRAIN, train.purpose());
        for (JobOrder.Input input : train.inputs()) {
            byte[] bytes =
                    get("inputs/" + input.name(), trainToken, train.session()).body();
            assertEquals(input.digest(), Digests.of(bytes));
            assertEquals(input.bytes(), bytes.length);
        }
        assertEquals(204, put("beat", BEAT, trainToken, train.session()));
        String curve = "{\"epoch\":1,\"trainLoss\":1,\"trainAccuracy\":0.5,\"validationLoss\":1,"
                + "\"validationAccuracy\":0.5,\"learningRate\":0.1}";
        assertEquals(204, put("curve", curve, trainToken, train.session()));
        assertEquals(204, put("log", "what it \0 printed", trainToken, train.session()));
        assertEquals(
                "train",
                alice.get("/api/submissions/" + submission)
                        .json()
                        .at("/progress/phase")
                        .asText());
        assertEquals(204, putWeights(trainToken, train.session()));
        assertEquals(204, put("result", trained(), trainToken, train.session()));
        assertEquals(204, put("result", trained(), trainToken, train.session()), "sent again");

        JobOrder score = start(scoreToken);
        byte[] weights = get("inputs/weights", scoreToken, score.session()).body();
        assertEquals(
                new String(TestServer.weights(job), StandardCharsets.UTF_8),
                new String(weights, StandardCharsets.UTF_8));
        assertEquals(200, get("inputs/hidden", scoreToken, score.session()).statusCode());
        assertEquals(204, put("result", scored(0.5), scoreToken, score.session()));
        assertEquals(204, put("result", scored(0.5), scoreToken, score.session()), "sent again");
        assertEquals(409, put("result", scored(0.6), scoreToken, score.session()), "another result");
        assertEquals(409, put("beat", BEAT, scoreToken, score.session()), "after the end");

        assertEquals(
                "scored",
                alice.get("/api/submissions/" + submission)
                        .json()
                        .get("verdict")
                        .asText());
    }

    @Test
    void onlyTheTokenOfThisAttemptLetsAJobIn() throws Exception {
        for (String stranger : new String[] {
            null, "", "nonsense", alice.token(), tokens.token(new JobName(job.run(), 2), Purpose.TRAIN)
        }) {
            assertEquals(401, post("start", stranger).statusCode());
            assertEquals(401, put("beat", BEAT, stranger, "any"));
        }
        assertEquals(
                401,
                new Person(house, null, "a job", trainToken)
                        .get("/api/submissions/" + submission)
                        .status());
    }

    @Test
    void whatTrainsNeverReadsTheHiddenTestAndWhatScoresNeverReadsTheStrategy() throws Exception {
        JobOrder train = start(trainToken);
        assertEquals(404, get("inputs/hidden", trainToken, train.session()).statusCode());
        assertEquals(409, get("inputs/hidden", scoreToken, train.session()).statusCode(), "not while training");
        assertEquals(409, put("result", scored(1), trainToken, train.session()));
        assertEquals(409, putWeights(scoreToken, train.session()));
        putWeights(trainToken, train.session());
        put("result", trained(), trainToken, train.session());

        JobOrder score = start(scoreToken);
        assertEquals(404, get("inputs/strategy", scoreToken, score.session()).statusCode());
        assertEquals(409, get("inputs/strategy", trainToken, train.session()).statusCode());
        assertEquals(409, get("inputs/hidden", trainToken, score.session()).statusCode(), "another's session");
        assertEquals(409, put("result", "{\"kind\":\"rejected\",\"problems\":[]}", scoreToken, score.session()));
    }

    @Test
    void aSecondProcessWithTheSameTokenIsToldToStop() throws Exception {
        JobOrder first = start(trainToken);

        assertEquals(409, post("start", trainToken).statusCode());
        assertEquals(409, put("beat", BEAT, trainToken, null));
        assertEquals(204, put("beat", BEAT, trainToken, first.session()));
    }

    @Test
    void aProcessWhoseAnswerWasLostAsksAgainAndIsAnsweredTheSame() throws Exception {
        String own = UUID.randomUUID().toString();

        JobOrder order = start(trainToken, own);
        assertEquals(own, order.session());
        assertEquals(order, start(trainToken, own));

        assertEquals(409, startAs(trainToken, "another").statusCode());
        assertEquals(409, startAs(scoreToken, own).statusCode(), "not while training");
        assertEquals(400, startAs(trainToken, "x".repeat(65)).statusCode());
        assertEquals(204, put("beat", BEAT, trainToken, own));
    }

    /** Two hundred jobs beat a hundred times a second, for months. */
    @Test
    void theMemoryOfABodyComesBackWhetherItIsTakenOrRefused() throws Exception {
        String session = start(trainToken).session();
        beatOften(100, session);
        long before = PlatformDependent.usedDirectMemory();
        beatOften(1_000, session);
        long grown = PlatformDependent.usedDirectMemory() - before;
        assertTrue(grown < 4_000_000, "grown by " + grown + " bytes, of the 14 million that were sent");
    }

    /** Many clients look for an answer only when they have sent all. */
    @Test
    void whoSendsALongBodyWithAnothersTokenIsAnswered() throws Exception {
        HttpURLConnection connection = (HttpURLConnection)
                request("weights", "another's", "any").build().uri().toURL().openConnection();
        connection.setRequestMethod("PUT");
        connection.setRequestProperty("Authorization", "Bearer another's");
        connection.setReadTimeout(20_000);
        connection.setDoOutput(true);
        byte[] sent = new byte[3_000_000];
        connection.setFixedLengthStreamingMode(sent.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(sent);
        }
        assertEquals(401, connection.getResponseCode());
    }

    private void beatOften(int times, String session) throws Exception {
        String beat = BEAT + " ".repeat(7_000);
        for (int i = 0; i < times; i++) {
            assertEquals(204, put("beat", beat, trainToken, session));
            assertEquals(401, put("beat", beat, "another's", session));
        }
    }

    @Test
    void damagedOversizedOrUnreadableBodiesAreRefused() throws Exception {
        String session = start(trainToken).session();

        assertEquals(422, putWeights(trainToken, session, Digests.of("others")));
        assertEquals(400, putWeights(trainToken, session, null));
        assertEquals(413, put("beat", " ".repeat(JudgingConfig.MESSAGE_BYTES_MAX) + BEAT, trainToken, session));
        assertEquals(413, put("log", "x".repeat(JudgingConfig.LOG_BYTES_MAX + 1), trainToken, session));
        assertEquals(400, put("beat", "{\"count\":", trainToken, session));
        assertEquals(400, put("result", "{\"kind\":\"won\"}", trainToken, session));
        assertEquals(422, put("result", trained(), trainToken, session), "the weights are not stored");
    }

    private JobOrder start(String token) throws IOException, InterruptedException {
        return start(token, null);
    }

    private HttpResponse<byte[]> startAs(String token, @Nullable String session)
            throws IOException, InterruptedException {
        return send(request("start", token, session).POST(BodyPublishers.ofString("{}")));
    }

    private JobOrder start(String token, @Nullable String session) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = startAs(token, session);
        assertEquals(200, response.statusCode());
        return json.readValue(response.body(), JobOrder.class);
    }

    private String trained() throws IOException {
        return json.writerFor(JobResult.class).writeValueAsString(TestServer.trained(job));
    }

    private String scored(double accuracy) throws IOException {
        return json.writerFor(JobResult.class).writeValueAsString(TestServer.scored(job, accuracy));
    }

    private HttpResponse<byte[]> post(String path, @Nullable String token) throws IOException, InterruptedException {
        return send(request(path, token, null).POST(BodyPublishers.ofString("{}")));
    }

    private HttpResponse<byte[]> get(String path, String token, String session)
            throws IOException, InterruptedException {
        return send(request(path, token, session).GET());
    }

    private int put(String path, String body, @Nullable String token, @Nullable String session)
            throws IOException, InterruptedException {
        return send(request(path, token, session).PUT(BodyPublishers.ofString(body)))
                .statusCode();
    }

    private int putWeights(String token, String session) throws IOException, InterruptedException {
        return putWeights(token, session, Digests.of(TestServer.weights(job)));
    }

    private int putWeights(String token, String session, @Nullable String digest)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request("weights", token, session);
        if (digest != null) request.header("Touchstone-Digest", digest);
        return send(request.PUT(BodyPublishers.ofByteArray(TestServer.weights(job))))
                .statusCode();
    }

    private HttpRequest.Builder request(String path, @Nullable String token, @Nullable String session) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                house.address().resolve("/api/runs/" + job.run() + "/attempts/" + job.attempt() + "/" + path));
        if (token != null) request.header("Authorization", "Bearer " + token);
        if (session != null) request.header("Touchstone-Session", session);
        return request;
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
