package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private static final String QUOTA = TinyTask.PATH + "/quota";

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
        CheckTurns turns = house.bean(CheckTurns.class);
        Person.Answer meanwhile = turns.inTurn(
                Objects.requireNonNull(alice.account()),
                () -> alice.postZip(CHECK, TinyTask.strategy("too soon")),
                answer -> true);
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
    void fiftyAtOnceOfOneTeamPassExactlyTheQuota() throws Exception {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        String first = alice.postZip(SUBMISSIONS, TinyTask.strategy("the first"))
                .json()
                .get("id")
                .asText();
        TinyTask.join(house, bob, alice);
        Map<Person, List<String>> digests = Map.of(alice, checked(alice, 25), bob, checked(bob, 25));
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> uploads = digests.entrySet().stream()
                    .flatMap(person -> person.getValue().stream()
                            .<Callable<Integer>>map(digest -> () -> person.getKey()
                                    .postJson(SUBMISSIONS, byDigest(digest))
                                    .status()))
                    .toList();
            var outcomes = people.invokeAll(uploads).stream()
                    .map(Future::resultNow)
                    .collect(Collectors.groupingBy(status -> status, Collectors.counting()));
            assertEquals(4, outcomes.get(201), outcomes.toString());
            assertEquals(46, outcomes.get(429), outcomes.toString());
        }
        assertEquals(0, left(alice));
        Person.Answer refused = alice.postZip(SUBMISSIONS, TinyTask.strategy("one more"));
        assertEquals("quota-used", refused.code());
        assertFalse(refused.header("Retry-After").isEmpty());
        assertEquals(5, bob.get(SUBMISSIONS).json().get("items").size());
        assertEquals(5, bob.get(QUOTA).json().at("/entries/items").size());
        Person.Answer again = bob.postZip(SUBMISSIONS, TinyTask.strategy("the first"));
        assertEquals(200, again.status(), "from the record, though nothing is left: " + again.text());
        assertEquals(first, again.json().get("id").asText());
    }

    @Test
    void whatTheTeamSubmittedBeforeIsAnsweredFromTheRecordInWords() {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        Person charlie = house.person("charlie");
        Person.Answer made = alice.postZip(SUBMISSIONS, TinyTask.strategy("twice by mistake"));
        assertTrue(made.json().get("sentBefore").isNull());
        TinyTask.join(house, bob, alice);
        Person.Answer again = bob.postZip(SUBMISSIONS, TinyTask.strategy("twice by mistake"));
        assertEquals(200, again.status(), again.text());
        assertEquals(made.header("Location"), again.header("Location"));
        assertTrue(again.json().get("sentBefore").asText().contains("as number 1"), again.text());
        Person.Answer others = charlie.postZip(SUBMISSIONS, TinyTask.strategy("twice by mistake"));
        assertEquals(201, others.status(), "of another team nothing is told");
        assertTrue(others.json().get("sentBefore").isNull());
    }

    @Test
    void theLedgerTellsWhatWasChargedAndGivenBackAndWhy() {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        Person charlie = house.person("charlie");
        assertEquals(401, house.nobody().get(QUOTA).status());
        assertTrue(alice.get(QUOTA).json().get("team").isNull());
        Person.Answer first = alice.postZip(SUBMISSIONS, TinyTask.strategy("stays"));
        assertTrue(first.json().at("/cost/charged").asBoolean(), first.text());
        Person.Answer second = alice.postZip(SUBMISSIONS, TinyTask.strategy("goes"));
        Person.Answer cancelled = alice.postJson(second.header("Location") + "/cancel", "");
        assertTrue(cancelled.json().at("/cost/refunded").asBoolean(), cancelled.text());
        assertTrue(cancelled.json().at("/cost/why").asText().contains(RefundReason.CANCELLED), cancelled.text());
        TinyTask.join(house, bob, alice);
        JsonNode ledger = bob.get(QUOTA).json();
        assertEquals(alice.name(), ledger.get("team").asText());
        assertEquals(4, ledger.at("/quota/left").asInt());
        assertEquals("free", ledger.get("rejected").asText());
        assertTrue(ledger.get("coolDown").isNull());
        assertEquals(2, ledger.at("/entries/items").size());
        assertEquals("goes", ledger.at("/entries/items/0/title").asText());
        assertEquals(
                RefundReason.CANCELLED,
                ledger.at("/entries/items/0/charge/refundReason").asText());
        assertEquals(first.json().get("id"), ledger.at("/entries/items/1/submission"));
        assertTrue(ledger.at("/entries/items/1/charge/refunded").isNull());
        assertEquals(0, charlie.get(QUOTA).json().at("/entries/items").size());
        assertEquals(404, charlie.get("/api/tasks/none/quota").status());
    }

    @Test
    void aTeamOfManyRejectedSubmissionsWaitsALittle() {
        Person alice = house.person("alice");
        for (int i = 0; i < 3; i++) {
            Person.Answer made = alice.postZip(SUBMISSIONS, TinyTask.strategy("rejected " + i));
            assertEquals(201, made.status(), made.text());
            house.database().change("""
                            insert into quota_entry (submission, kind, team, task, at, reason)
                            select submission, 'refund', team, task, at, 'rejected' from quota_entry where submission = ?
                            """, UUID.fromString(made.json().get("id").asText()));
        }
        Person.Answer refused = alice.postZip(SUBMISSIONS, TinyTask.strategy("rejected 4"));
        assertEquals(429, refused.status(), refused.text());
        assertEquals("cool-down", refused.code());
        assertTrue(Integer.parseInt(refused.header("Retry-After")) > 250, refused.header("Retry-After"));
        JsonNode ledger = alice.get(QUOTA).json();
        assertEquals(5, ledger.at("/quota/left").asInt());
        assertTrue(ledger.at("/coolDown/why").asText().contains("3 submissions"), ledger.toString());
        assertEquals(
                201,
                house.person("charlie")
                        .postZip(SUBMISSIONS, TinyTask.strategy("other"))
                        .status());
    }

    @Test
    void runningOutOfMemoryAgainAndAgainWaitsTooAndIsNobodysBlame() {
        Person alice = house.person("alice");
        List<String> reasons = List.of(RefundReason.OVER_LIMIT, RefundReason.REJECTED, RefundReason.OVER_LIMIT);
        for (String reason : reasons) {
            Person.Answer made = alice.postZip(SUBMISSIONS, TinyTask.strategy("too large, " + UUID.randomUUID()));
            assertEquals(201, made.status(), made.text());
            house.database()
                    .change("""
                            insert into quota_entry (submission, kind, team, task, at, reason)
                            select submission, 'refund', team, task, at, ? from quota_entry where submission = ?
                            """, reason, UUID.fromString(made.json().get("id").asText()));
        }
        Person.Answer refused = alice.postZip(SUBMISSIONS, TinyTask.strategy("too large once more"));
        assertEquals(429, refused.status(), refused.text());
        assertEquals("cool-down", refused.code());
        assertTrue(
                refused.text()
                        .contains(
                                "2 submissions of your team ran out of memory or time on our machines and 1 was rejected"),
                refused.text());
        assertTrue(refused.text().contains("not your mistake"), refused.text());
        assertEquals(5, alice.get(QUOTA).json().at("/quota/left").asInt());
    }

    @Test
    void cancellingWithoutEndIsRefused() {
        Person alice = house.person("alice");
        Person.Answer made = alice.postZip(SUBMISSIONS, TinyTask.strategy("to be cancelled"));
        assertEquals(
                200, alice.postJson(made.header("Location") + "/cancel", "").status());
        cancelled(made, QuotaLedger.CANCELLED_MAX - 2);
        Person.Answer last = alice.postZip(SUBMISSIONS, TinyTask.strategy("the hundredth"));
        assertEquals(201, last.status(), last.text());
        assertEquals(
                200, alice.postJson(last.header("Location") + "/cancel", "").status());

        Person.Answer refused = alice.postZip(SUBMISSIONS, TinyTask.strategy("one more"));

        assertEquals(429, refused.status(), refused.text());
        assertEquals("cancelled-often", refused.code());
        assertTrue(Integer.parseInt(refused.header("Retry-After")) > 80_000, refused.header("Retry-After"));
        assertEquals(
                201,
                house.person("charlie")
                        .postZip(SUBMISSIONS, TinyTask.strategy("another team's"))
                        .status());
    }

    /** So many more of the team, as the first was. */
    private void cancelled(Person.Answer first, int many) {
        UUID like = UUID.fromString(first.json().get("id").asText());
        for (int i = 0; i < many; i++) {
            UUID copy = UUID.randomUUID();
            house.database().change("""
                            insert into submission (id, number, team, task, version, account, blob, strategy_digest, title,
                                report, upload_began, accepted, withdrawn)
                            select ?, ?, team, task, version, account, blob, strategy_digest, title, report, upload_began,
                                accepted, withdrawn
                            from submission where id = ?
                            """, copy, i + 2, like);
            house.database().change("""
                    insert into quota_entry (submission, kind, team, task, at, reason)
                    select ?, kind, team, task, at, reason from quota_entry where submission = ?
                    """, copy, like);
        }
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
