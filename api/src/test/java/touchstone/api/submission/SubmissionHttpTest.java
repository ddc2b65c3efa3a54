package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.storage.Digests;

@OnEachDatabase
final class SubmissionHttpTest {
    private static final String CHECK = TinyTask.PATH + "/strategies/check";
    private static final String SUBMISSIONS = TinyTask.PATH + "/submissions";

    private final TestHouse house;
    private final Person olivia;

    SubmissionHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        olivia = TinyTask.organizer(kind);
    }

    private int left(Person person) {
        return person.get(TinyTask.PATH).json().at("/you/quota/left").asInt();
    }

    /** As if the account had had them checked: the race is about submitting, not about checking. */
    private List<String> checked(Person person, int howMany) {
        Person.Answer first = person.postZip(CHECK, TinyTask.strategy("one of many"));
        assertEquals(200, first.status(), first.text());
        List<String> digests = IntStream.range(0, howMany)
                .mapToObj(i -> Digests.of(person.name() + i))
                .toList();
        for (String digest : digests)
            house.database()
                    .change(
                            """
                            insert into checked_strategy (account, task, version, strategy_digest, blob, report, checked_at)
                            select account, task, version, cast(? as varchar), blob, report, checked_at
                            from checked_strategy where account = ? and strategy_digest = ?
                            """,
                            digest,
                            person.account(),
                            first.json().get("strategy").asText());
        return digests;
    }

    private static String byDigest(String digest) {
        return "{\"strategy\": \"" + digest + "\"}";
    }

    @Test
    void checkingTellsTheDifferenceAndSpendsNothing() throws IOException {
        Person alice = house.person("alice");
        Person.Answer answer = alice.postZip(CHECK, house.fixture("strategies/true-labels.zip"));
        assertEquals(200, answer.status(), answer.text());
        assertTrue(answer.json().at("/diff/labelsChanged").asInt() > 0, answer.text());
        assertEquals(5, left(alice));
        assertTrue(alice.get(TinyTask.PATH).json().at("/you/team").isNull());
    }

    @Test
    void anAccountChecksOneArchiveAtATime() {
        Person alice = house.person("alice");
        StrategyCheck checks = house.bean(StrategyCheck.class);
        Person.Answer meanwhile =
                checks.inTurn(alice.account(), () -> alice.postZip(CHECK, TinyTask.strategy("too soon")));
        assertEquals(429, meanwhile.status(), meanwhile.text());
        assertEquals("check-running", meanwhile.code());
        assertEquals(200, alice.postZip(CHECK, TinyTask.strategy("too soon")).status());
    }

    @Test
    void remembersTheNewestChecksAndKeepsNoArchiveTwice() {
        Person alice = house.person("alice");
        List<String> old = checked(alice, StrategyCheck.REMEMBERED_MAX);
        long blobs = house.blobs();
        assertEquals(
                200,
                alice.postZip(CHECK, TinyTask.zip(Map.of("strategy.yaml", "strategy: 1\ntitle: one of many\n")))
                        .status());
        assertTrue(house.blobs() <= blobs, "the same strategy zipped again is kept once");
        String newest = alice.postZip(CHECK, TinyTask.strategy("the newest"))
                .json()
                .get("strategy")
                .asText();
        List<String> kept = house.database()
                .list(
                        "select strategy_digest from checked_strategy where account = ?",
                        row -> row.text("strategy_digest"),
                        alice.account());
        assertEquals(StrategyCheck.REMEMBERED_MAX, kept.size());
        assertTrue(kept.contains(newest), kept.toString());
        assertFalse(kept.containsAll(old), kept.toString());
    }

    @Test
    void submitsOnceHoweverOftenItIsSent() {
        Person alice = house.person("alice");
        byte[] strategy = TinyTask.strategy("mine");
        Person.Answer made = alice.postZip(SUBMISSIONS, strategy);
        assertEquals(201, made.status(), made.text());
        assertEquals("waiting", made.json().get("state").asText());
        assertEquals("mine", made.json().get("title").asText());
        assertEquals(1, made.json().get("number").asInt());
        assertEquals("/api/submissions/" + made.json().get("id").asText(), made.header("Location"));
        Person.Answer again = alice.postZip(SUBMISSIONS, strategy);
        assertEquals(200, again.status());
        assertEquals(made.json().get("id"), again.json().get("id"));
        Person.Answer byDigest =
                alice.postJson(SUBMISSIONS, byDigest(made.json().get("strategy").asText()));
        assertEquals(200, byDigest.status());
        assertEquals(4, left(alice));
    }

    @Test
    void submitsWhatWasCheckedByItsDigest() {
        Person alice = house.person("alice");
        String digest = alice.postZip(CHECK, TinyTask.strategy("by digest"))
                .json()
                .get("strategy")
                .asText();
        assertEquals(201, alice.postJson(SUBMISSIONS, byDigest(digest)).status());
        Person.Answer other = house.person("charlie").postJson(SUBMISSIONS, byDigest(digest));
        assertEquals(422, other.status());
        assertEquals("not-checked", other.code());
    }

    @Test
    void theTeamAndTheOrganizerSeeItAndNobodyElse() {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        Person charlie = house.person("charlie");
        String id = alice.postZip(SUBMISSIONS, TinyTask.strategy("seen by few"))
                .json()
                .get("id")
                .asText();
        TinyTask.join(house, bob, alice);
        String path = "/api/submissions/" + id;
        for (Person reader : List.of(alice, bob, olivia))
            assertEquals(200, reader.get(path).status());
        assertEquals(404, charlie.get(path).status());
        assertEquals(401, house.nobody().get(path).status());
        assertEquals(404, alice.get("/api/submissions/no-id").status());
        assertEquals(404, alice.get("/api/submissions/" + UUID.randomUUID()).status());
        assertEquals(1, bob.get(SUBMISSIONS).json().get("items").size());
        assertEquals(0, charlie.get(SUBMISSIONS).json().get("items").size());
        assertEquals(401, house.nobody().get(SUBMISSIONS).status());
        String tag = alice.get(path).header("ETag");
        assertEquals(304, alice.get(path, "If-None-Match", tag).status());
    }

    @Test
    void strangersDoNothing() {
        for (String path : List.of(CHECK, SUBMISSIONS)) {
            assertEquals(
                    401, house.nobody().postZip(path, TinyTask.strategy("x")).status());
            String elsewhere = path.replace("/tiny/", "/none/");
            assertEquals(
                    404,
                    house.person("charlie")
                            .postZip(elsewhere, TinyTask.strategy("x"))
                            .status());
        }
    }

    @Test
    void cancellingGivesTheChargeBackOnce() {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        Person charlie = house.person("charlie");
        String path = "/api/submissions/"
                + alice.postZip(SUBMISSIONS, TinyTask.strategy("second thoughts"))
                        .json()
                        .get("id")
                        .asText() + "/cancel";
        TinyTask.join(house, bob, alice);
        assertEquals(404, charlie.postJson(path, "").status());
        assertEquals(404, olivia.postJson(path, "").status());
        assertEquals(4, left(alice));
        assertEquals("cancelled", bob.postJson(path, "").json().get("state").asText());
        assertEquals(200, alice.postJson(path, "").status());
        assertEquals(5, left(alice));
        assertEquals(
                201,
                alice.postZip(SUBMISSIONS, TinyTask.strategy("second thoughts")).status());
    }

    @Test
    void fiftyAtOncePassExactlyTheQuota() throws Exception {
        Person alice = house.person("alice");
        List<String> digests = checked(alice, 50);
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> uploads = digests.stream()
                    .<Callable<Integer>>map(digest ->
                            () -> alice.postJson(SUBMISSIONS, byDigest(digest)).status())
                    .toList();
            var outcomes = people.invokeAll(uploads).stream()
                    .map(Future::resultNow)
                    .collect(Collectors.groupingBy(status -> status, Collectors.counting()));
            assertEquals(5, outcomes.get(201), outcomes.toString());
            assertEquals(45, outcomes.get(429), outcomes.toString());
        }
        assertEquals(0, left(alice));
        Person.Answer refused = alice.postZip(SUBMISSIONS, TinyTask.strategy("one more"));
        assertEquals("quota-used", refused.code());
        assertFalse(refused.header("Retry-After").isEmpty());
        assertEquals(5, alice.get(SUBMISSIONS).json().get("items").size());
    }

    @Test
    void anIdempotencyKeyIsAnsweredWithWhatItMade() {
        Person alice = house.person("alice");
        byte[] strategy = TinyTask.strategy("with a key");
        String key = UUID.randomUUID().toString();
        Person.Answer made = alice.postZip(SUBMISSIONS, strategy, "Idempotency-Key", key);
        Person.Answer again = alice.postZip(SUBMISSIONS, strategy, "Idempotency-Key", key);
        assertEquals(201, made.status(), made.text());
        assertEquals(made.header("Location"), again.header("Location"));
        Person.Answer other = alice.postZip(SUBMISSIONS, TinyTask.strategy("other"), "Idempotency-Key", key);
        assertEquals("idempotency-key", other.code());
        assertEquals(4, left(alice));
    }

    @Test
    void theOrganizersEntryIsABaselineAndCostsNothing() {
        Person.Answer made = olivia.postZip(SUBMISSIONS, TinyTask.strategy("as it is"));
        assertTrue(made.status() == 201 || made.status() == 200, made.text());
        assertEquals(5, left(olivia));
    }
}
