package touchstone.api.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class OperatorHttpTest {
    private static final String API = "/api/operator/";

    private final TestHouse house;
    private final Person olivia;
    private final Person ada;
    private final Person alice;
    private final Facts facts;

    OperatorHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        olivia = TinyTask.organizer(kind);
        ada = house.administrator("ada");
        alice = house.person("alice");
        facts = new Facts(house);
    }

    private UUID submission;
    private UUID judging;

    @BeforeEach
    void submit() {
        submission = facts.submission(alice);
    }

    private static List<JsonNode> items(Person.Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        return StreamSupport.stream(answer.json().path("items").spliterator(), false)
                .toList();
    }

    private static List<JsonNode> ofRun(Person.Answer answer, UUID run) {
        return items(answer).stream()
                .filter(item -> item.path("run").asText().equals(run.toString()))
                .toList();
    }

    /** A judging that runs, with one open attempt that has printed something. */
    private UUID running() {
        judging = facts.judging(submission, "running", "");
        UUID run = facts.run(judging, 1, "running", 1);
        facts.attempt(run, 1, facts.instance(), null, "loss 0.5 at /srv/work");
        return run;
    }

    @Test
    void onlyAdministratorsAndTheTasksOrganizerSeeAnything() {
        UUID run = running();
        String attempt = API + "runs/" + run + "/attempts/1";
        for (String list : List.of("queue", "runs", "attempts", "failures", "machine-time")) {
            assertEquals(401, house.nobody().get(API + list).status());
            assertEquals("not-operator", alice.get(API + list).code());
            assertEquals("not-organizer", alice.get(API + list + "?task=tiny").code());
            assertEquals("not-found", alice.get(API + list + "?task=none").code());
            assertEquals("not-operator", olivia.get(API + list).code());
            assertEquals(200, olivia.get(API + list + "?task=tiny").status());
            assertEquals(200, ada.get(API + list).status());
        }
        for (String list : List.of("instances", "audit")) {
            assertEquals(401, house.nobody().get(API + list).status());
            assertEquals("not-operator", alice.get(API + list).code());
            assertEquals("not-operator", olivia.get(API + list).code());
            assertEquals(200, ada.get(API + list).status());
        }
        Person otto = house.organizer("otto");
        for (Person stranger : List.of(alice, otto)) {
            assertEquals("not-found", stranger.get(attempt).code());
            assertEquals("not-found", stranger.get(attempt + "/log").code());
            assertEquals("not-found", stranger.get(API + "attempts?run=" + run).code());
            assertEquals("not-found", stranger.postJson(attempt + "/kill", "{}").code());
            assertEquals(
                    "not-found",
                    stranger.postJson(API + "runs/" + run + "/requeue", "{}").code());
        }
        assertEquals(401, house.nobody().get(attempt + "/log").status());
        for (Person operator : List.of(ada, olivia)) {
            assertEquals("loss 0.5 at /srv/work", operator.get(attempt + "/log").text());
            assertEquals(1, items(operator.get(API + "attempts?run=" + run)).size());
        }
        assertFalse(alice.get("/api/submissions/" + submission).text().contains("/srv/work"));
    }

    @Test
    void whereAResultCameFromIsToldToOperatorsAlone() {
        UUID run = running();
        String attempt = API + "runs/" + run + "/attempts/1";
        assertTrue(ada.get(attempt).json().path("fingerprint").isNull(), "nothing of it is told yet");
        house.database()
                .change(
                        "update attempt set fingerprint = ? where run = ?",
                        "{\"gpu\":\"NVIDIA H100\",\"driver\":\"570.1\",\"image\":\"evaluator@sha256:1\",\"node\":\"n-1\"}",
                        run);
        for (Person operator : List.of(ada, olivia)) {
            JsonNode told = operator.get(attempt).json().path("fingerprint");
            assertEquals("NVIDIA H100", told.path("gpu").asText(), told::toString);
            assertEquals("570.1", told.path("driver").asText());
            assertEquals("evaluator@sha256:1", told.path("image").asText());
            assertEquals("n-1", told.path("node").asText());
            String list = operator == ada ? "attempts?run=" + run : "attempts?task=tiny";
            assertEquals(told, ofRun(operator.get(API + list), run).getFirst().path("fingerprint"));
        }
        String document = house.nobody().get("/openapi.json").text();
        assertTrue(document.contains("\"fingerprint\""), "it is described");
        assertFalse(alice.get("/api/submissions/" + submission).text().contains("570.1"));
    }

    @Test
    void anAttemptWithoutALogIsNotAbsent() {
        UUID run = running();
        house.database().change("update attempt set log = null where run = ?", run);
        Person.Answer empty = olivia.get(API + "runs/" + run + "/attempts/1/log");
        assertEquals(200, empty.status());
        assertEquals("", empty.text());
        assertEquals(
                "not-found", olivia.get(API + "runs/" + run + "/attempts/2/log").code());
    }

    @Test
    void theQueueTellsWhyARunWaits() {
        judging = facts.judging(submission, "waiting", "");
        UUID next = facts.run(judging, 1, "waiting", 0);
        UUID backing = facts.run(judging, 2, "waiting", 1);
        house.database().change("update run set not_before = ? where id = ?", facts.now.plusSeconds(600), backing);

        assertEquals("no-slot", why(next));
        assertEquals("backing-off", why(backing));
        JsonNode entry = ofRun(ada.get(API + "queue"), next).getFirst();
        assertTrue(entry.path("waitingSeconds").asLong() >= 90, entry::toString);
        assertEquals(alice.name(), entry.path("team").asText());

        house.database().change("update task set running_max = 0 where slug = 'tiny'");
        try {
            assertEquals("task-limit", why(next));
        } finally {
            house.database().change("update task set running_max = null where slug = 'tiny'");
        }
        UUID ofSet = facts.judging(submission, "running", "of a set");
        facts.run(ofSet, 1, "running", 1);
        house.database().change("update judging set valid = false where id = ?", ofSet);
        assertEquals("no-slot", why(next), "what runs for the organizer takes no turn of the team");
        UUID another = facts.submission(alice);
        UUID ofTeam = facts.judging(another, "running", "");
        facts.run(ofTeam, 1, "running", 1);
        assertEquals("team-limit", why(next));
        house.database().change("update judging set state = 'waiting-on-us' where id = ?", ofTeam);
        assertEquals("team-limit", why(next), "another seed of what is held runs");
        house.database().change("update judging set valid = false where id = ?", judging);
        assertEquals("no-slot", why(next), "a set has no limit of the team");
        limits(1);
        try {
            house.database().change("update judging set state = 'cancelled' where id = ?", ofSet);
            house.database().change("update run set state = 'cancelled' where judging = ?", ofSet);
            assertEquals("task-limit", why(next));
            house.database().change("update task set running_max = null where slug = 'tiny'");
            assertEquals("house-limit", why(next));
            facts.run(judging, 3, "running", 1);
            assertEquals("no-slot", why(next), "its judging has begun: that one seed goes on needs no place");
        } finally {
            limits(null);
        }
        house.database().change("update judging set valid = true where id = ?", judging);

        house.database().change("update task set state = 'paused' where slug = 'tiny'");
        try {
            assertEquals("task-paused", why(next));
        } finally {
            house.database().change("update task set state = 'open' where slug = 'tiny'");
        }
    }

    private void limits(@Nullable Integer running) {
        house.database().change("update task set running_max = ? where slug = 'tiny'", running);
        house.database().change("delete from house where setting = 'judgings-running-max'");
        if (running != null)
            house.database()
                    .change(
                            "insert into house (setting, content) values ('judgings-running-max', ?)",
                            running.toString());
    }

    private String why(UUID run) {
        return ofRun(olivia.get(API + "queue?task=tiny"), run)
                .getFirst()
                .path("why")
                .asText();
    }

    @Test
    void attemptsAndRunsAreFilteredAndPagedWithoutLossOrDouble() {
        judging = facts.judging(submission, "running", "");
        UUID instance = facts.instance();
        List<String> made = new ArrayList<>();
        for (int seed = 1; seed <= 210; seed++) {
            UUID run = facts.run(judging, seed, "done", 1);
            facts.attempt(run, 1, instance, seed % 2 == 0 ? "ours" : "limit", null);
            made.add(run.toString());
        }
        String mine = "?task=tiny&team=" + ApiText.part(alice.name());

        List<String> attempts = walk("attempts" + mine, "run");
        List<String> runs = walk("runs" + mine, "run");

        assertEquals(made.size(), attempts.size());
        assertEquals(new HashSet<>(made), new HashSet<>(attempts));
        assertEquals(made.size(), runs.size());
        assertEquals(new HashSet<>(made), new HashSet<>(runs));
        assertEquals(
                105, walk("attempts" + mine + "&fault=limit&state=ended", "run").size());
        assertEquals(0, walk("attempts" + mine + "&state=running", "run").size());
        JsonNode run = items(ada.get(API + "runs" + mine + "&fault=ours")).getFirst();
        assertEquals("how it ended", run.path("lastDetail").asText());
        assertEquals("state", ada.get(API + "attempts?state=done").code());
        assertEquals("fault", ada.get(API + "runs?fault=mine").code());
        assertEquals("after", ada.get(API + "runs?after=1_2_3").code());
        assertEquals("after", ada.get(API + "queue?after=-1").code());
    }

    private List<String> walk(String path, String field) {
        List<String> seen = new ArrayList<>();
        String after = "";
        while (true) {
            Person.Answer page = ada.get(API + path + after);
            items(page).forEach(item -> seen.add(item.path(field).asText()));
            if (page.json().path("next").isNull()) return seen;
            after = "&after=" + ApiText.part(page.json().path("next").asText());
        }
    }

    @Test
    void whatIsKilledIsRequeuedWithoutCountingAndOnRecord() {
        UUID run = running();
        String kill = API + "runs/" + run + "/attempts/1/kill";

        Person.Answer killed = olivia.postJson(kill, "{}");
        Person.Answer again = ada.postJson(kill, "{}");

        assertEquals(200, killed.status(), killed.text());
        assertEquals("cancelled", killed.json().path("fault").asText());
        assertEquals(200, again.status());
        assertEquals(
                "waiting 0", facts.text("select concat(state, ' ', failures) as answer from run where id = ?", run));
        List<JsonNode> acts = items(ada.get(API + "audit?object=" + run));
        assertEquals(1, acts.size());
        assertEquals("run.kill", acts.getFirst().path("act").asText());
        assertEquals(olivia.name(), acts.getFirst().path("actor").asText());
        String told =
                alice.get("/api/submissions/" + submission).json().path("fault").asText();
        assertTrue(told.startsWith("The last try was ended by an operator"), told);
        facts.attempt(run, 2, facts.instance(), "ours", null);
        assertEquals(
                "attempt-ended",
                ada.postJson(API + "runs/" + run + "/attempts/2/kill", "{}").code());
        assertEquals(
                404,
                ada.postJson(API + "runs/" + run + "/attempts/3/kill", "{}").status());
    }

    @Test
    void whatIsHeldIsRequeuedOnce() {
        judging = facts.judging(submission, "waiting-on-us", "");
        UUID run = facts.run(judging, 1, "held", 3);
        String requeue = API + "runs/" + run + "/requeue";

        Person.Answer freed = olivia.postJson(requeue, "{}");

        assertEquals("waiting", freed.json().path("state").asText(), freed.text());
        assertEquals("waiting", freed.json().path("judgingState").asText());
        assertEquals("not-held", ada.postJson(requeue, "{}").code());
        assertEquals(
                1, items(ada.get(API + "audit?act=run.requeue&object=" + run)).size());
    }

    @Test
    void whatCanNeverBeJudgedIsCancelledByTheOrganizerAtNoCost() {
        judging = facts.judging(submission, "waiting-on-us", "");
        UUID run = facts.run(judging, 1, "held", 3);
        String cancel = API + "submissions/" + submission + "/cancel";
        String why = "{\"reason\": \"It needs more memory than any machine has.\"}";
        assertEquals(401, house.nobody().postJson(cancel, why).status());
        assertEquals("not-organizer", alice.postJson(cancel, why).code());
        for (Person stranger : List.of(house.person("charlie"), house.organizer("otto")))
            assertEquals("not-found", stranger.postJson(cancel, why).code());
        assertEquals(422, olivia.postJson(cancel, "{}").status(), "everybody reads a reason");

        Person.Answer cancelled = olivia.postJson(cancel, why);
        Person.Answer again = ada.postJson(cancel, why);

        assertEquals("cancelled", cancelled.json().path("state").asText(), cancelled.text());
        assertEquals("cancelled", again.json().path("state").asText(), again.text());
        assertEquals("cancelled", facts.text("select state as answer from run where id = ?", run));
        JsonNode cost = alice.get("/api/submissions/" + submission).json().path("cost");
        assertTrue(cost.path("refunded").asBoolean(), cost::toString);
        assertTrue(cost.path("why").asText().contains("cancelled by the organizer"), cost::toString);
        assertEquals(
                1,
                items(ada.get(API + "audit?act=submission.cancel&object=" + submission))
                        .size());
        List<String> told = items(house.nobody().get(TinyTask.PATH + "/changes")).stream()
                .map(change -> change.path("text").asText())
                .filter(text -> text.contains(" of " + alice.name() + " was cancelled"))
                .toList();
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.getFirst().endsWith("more memory than any machine has."), told::toString);
    }

    @Test
    void aVerdictIsNotCancelledByTheOrganizerEither() {
        judging = facts.judging(submission, "running", "");
        house.database()
                .change(
                        "update judging set state = 'settled', verdict = 'scored', settled_seq = nextval('settled_seq')"
                                + " where id = ?",
                        judging);

        Person.Answer late = olivia.postJson(API + "submissions/" + submission + "/cancel", "{\"reason\": \"Late.\"}");

        assertEquals("settled", late.code(), late.text());
    }

    @Test
    void aServerIsDrainedAndUndrainedByAnAdministratorAlone() {
        UUID instance = facts.instance();
        String path = API + "instances/" + instance;

        assertEquals("not-operator", olivia.postJson(path + "/drain", "{}").code());
        assertEquals(
                404,
                ada.postJson(API + "instances/" + UUID.randomUUID() + "/drain", "{}")
                        .status());
        Person.Answer drained = ada.postJson(path + "/drain", "{}");
        Person.Answer twice = ada.postJson(path + "/drain", "{}");

        assertFalse(drained.json().path("drained").isNull(), drained.text());
        assertEquals(drained.json().path("drained"), twice.json().path("drained"));
        assertTrue(items(ada.get(API + "instances")).stream()
                .anyMatch(item -> item.path("instance").asText().equals(instance.toString())
                        && !item.path("drained").isNull()));
        assertTrue(ada.postJson(path + "/undrain", "{}").json().path("drained").isNull());
        assertEquals(
                List.of("instance.undrain", "instance.drain"),
                items(ada.get(API + "audit?act=instance.&object=" + instance)).stream()
                        .map(act -> act.path("act").asText())
                        .toList());
    }

    @Test
    void failuresAndMachineTimeAreCountedOverTheWindow() {
        judging = facts.judging(submission, "running", "");
        UUID instance = facts.instance();
        UUID run = facts.run(judging, 1, "waiting", 3);
        facts.attempt(run, 1, instance, "ours", null);
        facts.attempt(run, 2, instance, "none", null);
        UUID old = facts.run(judging, 2, "done", 1);
        facts.attempt(old, 1, instance, "lost", null);
        house.database()
                .change(
                        "update attempt set started = ?, ended = ? where run = ?",
                        facts.now.minusSeconds(40 * 3600),
                        facts.now.minusSeconds(39 * 3600),
                        old);

        List<JsonNode> failures = items(olivia.get(API + "failures?task=tiny"));
        JsonNode time = mine("machine-time?task=tiny");
        JsonNode longer = mine("machine-time?task=tiny&hours=48");

        double shares = failures.stream()
                .mapToDouble(item -> item.path("share").asDouble())
                .sum();
        assertEquals(1, shares, 1e-9);
        assertTrue(
                failures.stream().noneMatch(item -> item.path("fault").asText().equals("lost")));
        assertEquals(2, time.path("attempts").asInt());
        assertEquals(120, time.path("seconds").asDouble(), 0.01);
        assertEquals(3720, longer.path("seconds").asDouble(), 0.01);
        assertEquals("hours", ada.get(API + "failures?hours=0").code());
    }

    private JsonNode mine(String path) {
        return items(ada.get(API + path)).stream()
                .filter(item -> item.path("team").asText().equals(alice.name()))
                .findFirst()
                .orElseThrow();
    }
}
