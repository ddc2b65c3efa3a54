package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import touchstone.api.account.Tokens;
import touchstone.api.app.AccessWorld.Actor;
import touchstone.api.app.HostileRequests.Operation;
import touchstone.api.app.RawRequest.Answer;

/**
 * Every operation of {@code /openapi.json} is sent what nobody means well: no fault of ours, no leak, no long wait, and a
 * documented problem for everything refused. {@code -Dhostile.seconds=600} goes on for longer, {@code -Dhostile.seed=N} begins
 * elsewhere; each request can be made again from the seed and the number that a failure tells.
 */
@OnEachDatabase
final class HostileRequestsTest {
    private static final Duration LASTS = Duration.ofSeconds(Integer.getInteger("hostile.seconds", 25));
    private static final long SEED = Long.getLong("hostile.seed", 4);
    private static final Duration SLOW = Duration.ofSeconds(2);
    private static final int TOLD_MAX = 25;

    /** What only we understand, or nobody outside may know. */
    private static final Pattern INSIDE = Pattern.compile(
            "\\bat [a-z]+\\.[a-zA-Z.]+\\(|Exception|\\bjava\\.|\\bjakarta\\.|\\btouchstone\\.api|\\bio\\.(micronaut|netty)\\b|"
                    + "com\\.fasterxml|org\\.(h2|postgresql)|jdbc:|\\b(select|insert into|update) [a-z_, ]+ (from|set|values)\\b|"
                    + "SQLSTATE|touchstone-test|\\$argon2|StackOverflow|OutOfMemory");

    private final TestHouse house;
    private final AccessWorld open;
    private final AccessWorld invited;
    private final Set<String> documented;
    private final List<String> wrong = new ArrayList<>();
    private int sent;

    HostileRequestsTest(DatabaseKind kind) throws IOException {
        // Of its own: what an administrator's token does here must not meet other tests.
        house = TestHouse.alone(kind, Map.of());
        open = new AccessWorld(house, "public");
        invited = new AccessWorld(house, "invited");
        documented = DocumentedProblems.rows();
    }

    @Test
    void hostileRequestsDoNoHarm() throws IOException {
        JsonNode document = house.nobody().get("/openapi.json").json();
        HostileRequests requests = new HostileRequests(document, this::known, credentials());
        List<Operation> operations = new ArrayList<>(requests.operations());
        Collections.shuffle(operations, new Random(SEED));
        List<String> secrets = secrets();
        long end = System.nanoTime() + LASTS.toNanos();
        int number = 0;
        for (; System.nanoTime() < end && wrong.size() < TOLD_MAX; number++) {
            for (Operation operation : operations) {
                RawRequest request = requests.make(operation, SEED * 1_000_003 + number * 31L + operation.hashCode());
                judge(operation + ", seed " + SEED + ", number " + number, request, secrets);
            }
        }
        System.out.printf("%d hostile requests to %d operations, seed %d%n", sent, operations.size(), SEED);
        assertTrue(number > 0 && sent >= operations.size());
        assertTrue(wrong.isEmpty(), () -> "\n" + String.join("\n\n", wrong) + "\n");
        assertEquals(200, house.nobody().get("/health").status());
    }

    private void judge(String name, RawRequest request, List<String> secrets) throws IOException {
        Answer answer = request.send(house.address());
        sent++;
        // On a busy machine anything may be late once.
        for (int again = 0; again < 2 && answer.took().compareTo(SLOW) > 0; again++) {
            Answer next = request.send(house.address());
            answer = next.took().compareTo(answer.took()) < 0 ? next : answer;
        }
        List<String> faults = new ArrayList<>();
        if (answer.took().compareTo(SLOW) > 0) faults.add("took " + answer.took());
        if (answer.status() == 0 && !request.unfinished()) faults.add("is not answered");
        if (answer.status() >= 400) problem(answer, faults);
        if (answer.header("X-Injected").equals("1")) faults.add("lets headers in");
        String whole = String.join("\n", answer.headers()) + "\n" + answer.text();
        Matcher inside = INSIDE.matcher(whole);
        if (inside.find()) faults.add("tells of the inside: " + inside.group());
        for (String secret : secrets) if (whole.contains(secret)) faults.add("leaks " + secret);
        if (!faults.isEmpty() && wrong.size() < TOLD_MAX)
            wrong.add(
                    name + ": " + faults + "\n" + request + "\n-> " + answer.status() + " " + shortened(answer.text()));
    }

    private void problem(Answer answer, List<String> faults) {
        if (answer.body().length == 0 && answer.status() < 500) {
            // To HEAD, and to what is no HTTP, there is no body.
            return;
        }
        if (!answer.header("Content-Type").startsWith("application/problem+json")) {
            faults.add("is no problem document but " + answer.header("Content-Type"));
            return;
        }
        try {
            JsonNode problem = new ObjectMapper().readTree(answer.body());
            String code = problem.path("code").asText();
            boolean ours = answer.status() >= 500;
            boolean forNow = Set.of("busy", "storage").contains(code)
                    && !answer.header("Retry-After").isEmpty();
            if (ours && !forNow) faults.add("is a fault of ours");
            if (!problem.path("type").asText().equals("urn:touchstone:problem:" + code)) faults.add("has another type");
            if (problem.path("status").asInt() != answer.status()) faults.add("has another status");
            if (problem.path("detail").asText().isBlank()
                    || problem.path("title").asText().isBlank()) faults.add("says nothing");
            if (!documented.contains(answer.status() + " " + code))
                faults.add(answer.status() + " " + code + " is not in docs/http-errors.md");
        } catch (IOException e) {
            faults.add("cannot be read: " + e.getMessage());
        }
    }

    private static String shortened(String text) {
        return text.length() > 800 ? text.substring(0, 800) + "…" : text;
    }

    /** What no answer may hold, whoever asks: where hidden things lie, and what only the digests of secrets are kept for. */
    private List<String> secrets() {
        List<String> secrets = new ArrayList<>(house.database()
                .list(
                        "select distinct hidden_blob from task_version where hidden_blob is not null",
                        row -> row.text("hidden_blob")));
        secrets.addAll(house.database()
                .list("select password from account where password is not null", row -> row.text("password")));
        secrets.add(house.data().toString());
        secrets.add(TestHouse.repository().toString());
        assertTrue(secrets.size() > 3);
        return secrets;
    }

    /** Headers of everybody, and of nobody that there is. */
    private List<String> credentials() {
        List<String> credentials = new ArrayList<>(List.of(
                "",
                "",
                "Authorization\tBearer ",
                "Authorization\tBearer ts_" + "A".repeat(43),
                "Authorization\tBearer " + "x".repeat(4_000),
                "Authorization\tBasic YWxpY2U6cGFzc3dvcmQ=",
                "Authorization\tbearer \u0001",
                "Cookie\ttouchstone=ts_" + "A".repeat(43)));
        for (AccessWorld world : List.of(open, invited)) {
            for (Actor actor : Actor.values()) {
                String token = world.person(actor).token();
                if (token != null) credentials.add("Authorization\tBearer " + token);
            }
        }
        Tokens.Token expired =
                house.bean(Tokens.class).create(open.person(Actor.ALICE).account(), "expired", Duration.ofSeconds(-1));
        credentials.add("Authorization\tBearer " + expired.token());
        return credentials;
    }

    /** Things that are there, of one's own and of others. */
    private String known(String name, Random random) {
        AccessWorld world = random.nextBoolean() ? open : invited;
        List<String> things = new ArrayList<>(List.of(
                world.task,
                "no-such-task",
                "1",
                UUID.nameUUIDFromBytes(new byte[] {1}).toString()));
        if (!name.equals("task")) {
            things.add(world.thing("submission"));
            for (Actor actor : Actor.values()) things.add(world.person(actor).name());
        }
        if (name.equals("task")) things.add(world.task);
        return things.get(random.nextInt(things.size()));
    }
}
