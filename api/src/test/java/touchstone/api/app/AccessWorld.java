package touchstone.api.app;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.JudgingSets;
import touchstone.api.submission.TeamFreeze;

/** A task of its own, and one of each kind of person around it. */
final class AccessWorld {
    /** In the order of the columns of {@link AccessMatrixTest}. */
    enum Actor {
        /** Nobody is signed in. */
        NOBODY,
        /** On the team, and submitted. */
        ALICE,
        /** On Alice's team. */
        BOB,
        /** Signed in; neither invited nor on a team. */
        CHARLIE,
        /** Of this task. */
        ORGANIZER,
        /** An organizer, but of another task. */
        OTHER_ORGANIZER,
        /** Of the house. */
        ADMINISTRATOR
    }

    final TestHouse house;

    /** The task's name. */
    final String task;

    /** Ids by the names that rows have for them. */
    private final Map<String, String> things = new HashMap<>();

    private final Map<Actor, Person> people = new EnumMap<>(Actor.class);

    AccessWorld(DatabaseKind kind, String access) {
        this(TestHouse.on(kind), access);
    }

    AccessWorld(TestHouse house, String access) {
        this.house = house;
        people.put(Actor.NOBODY, house.nobody());
        people.put(Actor.ALICE, house.person("alice"));
        people.put(Actor.BOB, house.person("bob"));
        people.put(Actor.CHARLIE, house.person("charlie"));
        people.put(Actor.ORGANIZER, house.organizer("olivia"));
        people.put(Actor.OTHER_ORGANIZER, house.organizer("oscar"));
        people.put(Actor.ADMINISTRATOR, house.administrator("ada"));
        task = "matrix-" + access + "-" + UUID.randomUUID().toString().substring(0, 8);
        made(person(Actor.ORGANIZER)
                .postZip("/api/tasks", TinyTask.archive(house, task, "The " + access + " one", access)));
        made(person(Actor.OTHER_ORGANIZER)
                .postZip("/api/tasks", TinyTask.archive(house, task + "-other", "Another", access)));
        if (access.equals("invited"))
            for (Actor actor : List.of(Actor.ALICE, Actor.BOB))
                made(person(Actor.ORGANIZER)
                        .postJson(
                                path() + "/invitations",
                                "{\"account\": \"" + person(actor).name() + "\"}"));
        Person.Answer team = made(person(Actor.ALICE).postJson(path() + "/team", "{\"name\": \"The team\"}"));
        things.put("team", id(team));
        Person.Answer code = made(person(Actor.ALICE).postJson(path() + "/team/invitations", "{}"));
        String join = "{\"code\": \"" + code.json().get("code").asText() + "\"}";
        if (person(Actor.BOB).postJson(path() + "/team/join", join).status() != 200) throw new AssertionError(join);
        things.put("team-invitation", id(code));
        things.put("invitation", id(made(person(Actor.ORGANIZER).postJson(path() + "/invitations", "{}"))));
        things.put(
                "submission",
                id(made(person(Actor.ALICE).postZip(path() + "/submissions", TinyTask.strategy("of the matrix")))));
        things.put("run", judgedOnce().toString());
        things.put("set", judgedAgain().toString());
        house.bean(TeamFreeze.class).scored(UUID.fromString(id(team)), Instant.now());
    }

    private static String id(Person.Answer made) {
        return made.json().get("id").asText();
    }

    Person person(Actor actor) {
        return people.get(actor);
    }

    String path() {
        return "/api/tasks/" + task;
    }

    /** What a name in a row's address stands for; things that are used up are made when they are asked for. */
    String thing(String name) {
        return switch (name) {
            case "token" -> newToken();
            default -> things.getOrDefault(name, nothing(name));
        };
    }

    /** The id of something that is nowhere; numbers stand for themselves. */
    static String nothing(String name) {
        return name.matches("\\d+") ? name : UUID.randomUUID().toString();
    }

    private String newToken() {
        return id(made(person(Actor.ALICE).postJson("/api/tokens", "{\"name\": \"of the matrix\"}")));
    }

    /** A set over the submission; nothing of it is judged. */
    private UUID judgedAgain() {
        return house.database().transaction(() -> house.bean(JudgingSets.class)
                .create(new JudgingSets.Order(
                        TinyTask.id(house, task),
                        1,
                        JudgingSet.Kind.REJUDGE,
                        null,
                        "Why.",
                        List.of(UUID.fromString(things.get("submission"))),
                        null,
                        true,
                        null)));
    }

    /** A run of the submission; its one attempt has ended and left a log. */
    private UUID judgedOnce() {
        UUID judging = UUID.randomUUID();
        UUID made = UUID.randomUUID();
        UUID instance = UUID.randomUUID();
        house.database().change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), s.id, s.task, s.version, b.id, '', 'running', true, s.accepted
                from submission s join judging_set b on b.task = s.task and b.kind = 'board' where s.id = ?
                """, judging, UUID.fromString(things.get("submission")));
        house.database().change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                select cast(? as uuid), id, 1, 1, 'waiting', 1, 1, created, 0 from judging where id = ?
                """, made, judging);
        house.database().change("""
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen)
                select cast(? as uuid), 'judge-1', 'boot', 1, 1, created, created from judging where id = ?
                """, instance, judging);
        house.database().change("""
                insert into attempt (run, n, kind, state, runner, instance, phase, beat, epoch, epochs, started, ended, fault,
                                     detail, log)
                select cast(? as uuid), 1, 'full', 'ended', 'local', cast(? as uuid), 'ended', 1, 0, 0, created, created,
                       'ours', 'it crashed', 'what it printed'
                from judging where id = ?
                """, made, instance, judging);
        return made;
    }

    private static Person.Answer made(Person.Answer answer) {
        if (answer.status() != 201) throw new AssertionError(answer.text());
        return answer;
    }
}
