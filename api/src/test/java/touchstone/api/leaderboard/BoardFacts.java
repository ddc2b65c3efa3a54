package touchstone.api.leaderboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.JudgingSets;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;

/** A contest of its own, like tiny, and the rows that intake and judging would write. */
final class BoardFacts {
    private static final ObjectMapper JSON = new ObjectMapper();

    final TestHouse house;
    final Person organizer;
    final UUID task = UUID.randomUUID();
    final String slug = "facts-" + task.toString().substring(0, 13);
    final UUID boardSet = UUID.randomUUID();
    private final Database database;

    private BoardFacts(TestHouse house, Person organizer) {
        this.house = house;
        this.organizer = organizer;
        this.database = house.database();
        Instant now = Instant.now();
        UUID tiny = TinyTask.id(house);
        database.transaction(() -> {
            database.change("""
                    insert into task (id, slug, title, organizer, access, state, created)
                    values (?, ?, 'Facts', ?, 'public', 'open', ?)
                    """, task, slug, organizer.account(), now);
            database.change(
                    "insert into organizer (task, account, since) values (?, ?, ?)", task, organizer.account(), now);
            database.change("""
                    insert into task_version (task, n, digest, document, counts, datasheet, initial_weights, file_blob,
                                              pack_blob, hidden_blob, public_blob, published)
                    select cast(? as uuid), 1, cast(? as varchar), document, counts, datasheet, initial_weights, file_blob,
                           pack_blob, hidden_blob, public_blob, published
                    from task_version where task = ? and n = 1
                    """, task, Digests.of(slug), tiny);
            database.change("update task set current_version = 1 where id = ?", task);
            database.change("""
                    insert into judging_set (id, task, kind, state, reason, created)
                    values (?, ?, 'board', 'applied', 'the board', ?)
                    """, boardSet, task, now);
        });
    }

    static BoardFacts inContestOf(DatabaseKind kind) {
        return new BoardFacts(TestHouse.on(kind), TinyTask.organizer(kind));
    }

    BoardFacts another() {
        return new BoardFacts(house, organizer);
    }

    static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another version is the current one, and nothing is judged under it. */
    void nextVersion() {
        database.change("""
                insert into task_version (task, n, digest, document, counts, datasheet, initial_weights, file_blob,
                                          pack_blob, hidden_blob, public_blob, published)
                select task, 2, cast(? as varchar), document, counts, datasheet, initial_weights, file_blob,
                       pack_blob, hidden_blob, public_blob, published
                from task_version where task = ? and n = 1
                """, Digests.of(slug + " 2"), task);
        database.change("update task set current_version = 2 where id = ?", task);
    }

    UUID team(String name, Person... members) {
        UUID team = UUID.randomUUID();
        database.change(
                "insert into team (id, task, name, name_folded, kind, created) values (?, ?, ?, ?, 'team', ?)",
                team,
                task,
                name,
                name,
                Instant.now());
        for (Person member : members)
            database.change(
                    "insert into member (task, account, team, joined) values (?, ?, ?, ?)",
                    task,
                    member.account(),
                    team,
                    Instant.now());
        return team;
    }

    void rename(UUID team, String name) {
        database.change("update team set name = ?, name_folded = ? where id = ?", name, name, team);
    }

    UUID submission(UUID team) {
        return submission(team, List.of());
    }

    /** @param rules places in its strategy, such as {@code weights[0]} */
    UUID submission(UUID team, List<String> rules) {
        UUID submission = UUID.randomUUID();
        database.change(
                """
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                    upload_began, accepted)
                values (?, (select count(*) + 1 from submission where team = ?), ?, ?, 1, ?,
                    (select pack_blob from task_version where task = ? and n = 1), ?, 'A strategy', ?, ?, ?)
                """,
                submission,
                team,
                team,
                task,
                organizer.account(),
                task,
                Digests.of("strategy " + submission),
                """
                {"strategy": null, "title": null, "problems": [],
                 "diff": {"labelsChanged": 3, "added": 2, "dropped": 1, "rules": [%s]}}
                """.formatted(rules.stream()
                        .map(rule -> "{\"where\": \"" + rule + "\"}")
                        .collect(Collectors.joining(", "))),
                Instant.now(),
                Instant.now());
        return submission;
    }

    void withdraw(UUID submission) {
        database.change("update submission set withdrawn = ? where id = ?", Instant.now(), submission);
    }

    UUID set(JudgingSet.Kind kind, List<UUID> submissions) {
        return database.transaction(() -> house.bean(JudgingSets.class)
                .create(new JudgingSets.Order(
                        task, 1, kind, organizer.account(), "A reason.", submissions, null, true, null)));
    }

    void settled(UUID submission, UUID set, double score) {
        settled(submission, set, score, score / 2);
    }

    void settled(UUID submission, UUID set, double open, double hidden) {
        database.transaction(() -> {
            UUID run = run(judging(submission, set, "", "scored"), 1);
            metric(run, "public", open);
            metric(run, "private", hidden);
        });
    }

    /** @param right of the public fold, by seed from 1 on */
    void settled(UUID submission, UUID set, String variant, List<BitSet> right) {
        int samples = samples();
        database.transaction(() -> {
            UUID judging = judging(submission, set, variant, "scored");
            for (int seed = 1; seed <= right.size(); seed++) {
                BitSet bits = right.get(seed - 1);
                UUID run = run(judging, seed);
                metric(run, "public", (double) bits.cardinality() / samples);
                database.change("update run set correct_blob = ? where id = ?", kept(bits), run);
            }
        });
    }

    private String kept(BitSet right) {
        String bits = Base64.getEncoder().encodeToString(right.toByteArray());
        byte[] bytes = ("{\"public\": \"" + bits + "\", \"private\": \"\"}").getBytes(StandardCharsets.UTF_8);
        Blobs blobs = house.bean(Blobs.class);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(bytes), bytes.length)) {
            return blobs.keep(incoming, "correct");
        } catch (IOException | Blobs.TooLarge e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the public fold. */
    int samples() {
        return house.bean(BoardEntries.class).contest(task, 1, BoardKind.PUBLIC).samples();
    }

    private UUID run(UUID judging, long seed) {
        UUID run = UUID.randomUUID();
        database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                values (?, ?, ?, ?, 'done', 1, 0, ?, 0)
                """, run, judging, (int) seed, seed, Instant.EPOCH);
        return run;
    }

    private void metric(UUID run, String fold, double measured) {
        database.change(
                "insert into metric (run, fold, name, metric_version, measured) values (?, ?, 'accuracy', 1, ?)",
                run,
                fold,
                measured);
    }

    void rejected(UUID submission, UUID set) {
        rejected(submission, set, "");
    }

    void rejected(UUID submission, UUID set, String variant) {
        judging(submission, set, variant, "rejected");
    }

    private UUID judging(UUID submission, UUID set, String variant, @Nullable String verdict) {
        UUID judging = UUID.randomUUID();
        database.change(
                """
                insert into judging (id, submission, task, version, judging_set, variant, state, verdict, settled_seq, valid,
                                     created, settled)
                values (?, ?, ?, 1, ?, ?, 'settled', ?, nextval('settled_seq'), ?, ?, ?)
                """,
                judging,
                submission,
                task,
                set,
                variant,
                verdict,
                set.equals(boardSet),
                Instant.now(),
                Instant.now());
        return judging;
    }
}
