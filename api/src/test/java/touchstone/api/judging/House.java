package touchstone.api.judging;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import touchstone.api.audit.Audit;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.api.submission.TeamFreeze;
import touchstone.api.task.ChangeLog;
import touchstone.api.task.FinalSeeds;
import touchstone.api.task.TaskPause;
import touchstone.spec.task.TaskFile;

/** The judging of one server on a database of its own, with contests in it as a test needs them. */
final class House implements AutoCloseable {
    static final JudgingConfig CONFIG = new JudgingConfig(
            false,
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            2,
            1024,
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(1));

    final ApplicationContext context;
    final Database database;
    final Blobs blobs;
    final TestClock clock = new TestClock();
    final JobTokens tokens = new JobTokens(new byte[32]);
    final JsonText json;
    final TaskFiles tasks;
    final JudgingLock locks;
    final Refunds refunds;
    final Attempts attempts;
    final Settling settling;
    final JobFence fence;
    final JobDesk desk;
    final Results results;
    final Limits limits;
    final Queue queue;
    final FinalSeeds finalSeeds;
    final OpenLoop open;
    final JudgingSets sets;
    final SetLoop setLoop;
    final HeldRuns held;
    final SetEnding ending;
    final BoardJudgements judgements;

    House(TestDatabase kind, Path data) {
        this(kind, data, Map.of());
    }

    House(TestDatabase kind, Path data, Map<String, Object> more) {
        this(openWithKey(kind, data, more));
    }

    private static ApplicationContext openWithKey(TestDatabase kind, Path data, Map<String, Object> more) {
        createKey(data);
        return kind.context(data, more);
    }

    /** On what is there already. */
    House(ApplicationContext context) {
        this.context = context;
        finalSeeds = context.getBean(FinalSeeds.class);
        database = context.getBean(Database.class);
        blobs = context.getBean(Blobs.class);
        json = new JsonText(context.getBean(ObjectMapper.class));
        tasks = new TaskFiles(database, json);
        locks = new JudgingLock(database);
        refunds = new Refunds(database, locks, clock);
        attempts = new Attempts(database, locks, refunds, context.getBean(TaskPause.class), json, clock);
        settling =
                new Settling(database, locks, attempts, refunds, context.getBean(TeamFreeze.class), tasks, json, clock);
        fence = new JobFence(database, clock);
        desk = new JobDesk(database, fence, blobs, tasks, json, CONFIG, clock, new SimpleMeterRegistry());
        results = new Results(database, locks, fence, attempts, settling, tasks, blobs, json);
        limits = new Limits(database);
        queue = new Queue(database, tasks, limits, clock);
        open = new OpenLoop(database, tasks, locks, context.getBean(TaskPause.class), clock);
        sets = new JudgingSets(database, json, clock);
        setLoop = new SetLoop(database, sets, tasks, finalSeeds, json, clock);
        held = new HeldRuns(database, locks, clock);
        ending = new SetEnding(
                database,
                sets,
                locks,
                settling,
                refunds,
                context.getBean(TeamFreeze.class),
                tasks,
                context.getBean(ChangeLog.class),
                context.getBean(Audit.class),
                clock);
        judgements = new BoardJudgements(
                database,
                locks,
                settling,
                new RunningJob(database, json, clock),
                new QueueOutlook(database, tasks, 1, Duration.ZERO),
                tasks,
                json);
    }

    private static void createKey(Path data) {
        try {
            Files.write(data.resolve("touchstone.key"), new byte[32]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }

    /** @param running judgings of one team at a time */
    Contest contest(int seeds, int running) {
        return new Contest(this, seeds, running);
    }

    /** A task with its board set, and an account that does everything. */
    static final class Contest {
        private final House house;
        final UUID task = UUID.randomUUID();
        final UUID account = UUID.randomUUID();

        private Contest(House house, int seeds, int running) {
            this.house = house;
            Instant now = house.clock.instant();
            house.database.change("""
                    insert into account (id, name, name_folded, house_role, may_create_tasks, state, created)
                    values (?, ?, ?, 'contestant', true, 'active', ?)
                    """, account, "olivia", account.toString(), now);
            house.database.transaction(() -> {
                house.database.change("""
                        insert into task (id, slug, title, organizer, access, state, current_version, created)
                        values (?, ?, 'A contest', ?, 'public', 'open', null, ?)
                        """, task, "task-" + task, account, now);
                house.database.change(
                        """
                        insert into task_version (task, n, digest, document, counts, datasheet, initial_weights,
                            file_blob, pack_blob, hidden_blob, public_blob, published)
                        values (?, 1, ?, ?, ?, '', ?, ?, ?, ?, ?, ?)
                        """,
                        task,
                        Digests.of("task " + task),
                        house.json.write(taskFile(seeds, running)),
                        house.json.write(new TaskFile.Counts(200, 50, 60, 140, Map.of())),
                        Digests.of("initial weights"),
                        house.blob("the task file", "task"),
                        house.blob("the pack", "pack"),
                        house.blob("the hidden test", "hidden"),
                        house.blob("what is public", "public"),
                        now);
                house.database.change("update task set current_version = 1 where id = ?", task);
                house.database.change("""
                        insert into judging_set (id, task, kind, state, reason, created)
                        values (?, ?, 'board', 'applied', 'the board', ?)
                        """, UUID.randomUUID(), task, now);
            });
        }

        UUID team(String name) {
            UUID team = UUID.randomUUID();
            house.database.change(
                    "insert into team (id, task, name, name_folded, kind, created) values (?, ?, ?, ?, 'team', ?)",
                    team,
                    task,
                    name,
                    name,
                    house.clock.instant());
            return team;
        }

        UUID submit(UUID team) {
            UUID submission = UUID.randomUUID();
            Instant now = house.clock.instant();
            house.database.transaction(() -> {
                house.database.change(
                        """
                        insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                            upload_began, accepted)
                        values (?, (select count(*) + 1 from submission where team = ?), ?, ?, 1, ?, ?, ?, 'A strategy', ?,
                            ?, ?)
                        """,
                        submission,
                        team,
                        team,
                        task,
                        account,
                        house.blob("strategy " + submission, "strategy"),
                        Digests.of("strategy " + submission),
                        "{\"strategy\":null,\"title\":null,\"diff\":null,\"problems\":[]}",
                        now,
                        now);
                house.database.change("""
                        insert into quota_entry (submission, kind, team, task, at, reason) values (?, 'charge', ?, ?, ?, '')
                        """, submission, team, task, now);
            });
            return submission;
        }
    }

    String blob(String content, String kind) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(bytes), bytes.length)) {
            return database.transaction(() -> blobs.keep(incoming, kind));
        } catch (IOException | Blobs.TooLarge e) {
            throw new IllegalStateException(e);
        }
    }

    static TaskFile taskFile(int seeds, int running) {
        TaskFile.Part part = new TaskFile.Part(List.of("images.gz"), "labels.gz", null);
        return new TaskFile(
                "a-task",
                "A task",
                new TaskFile.Data(
                        TaskFile.Format.IDX, List.of("i", "ii"), new TaskFile.Input(1, 8, 8), part, part, part),
                new TaskFile.Recipe(
                        new TaskFile.Model("mlp", 8),
                        new TaskFile.Initial.Seed(17),
                        new TaskFile.Optimizer.Sgd(0.9, true, 5e-4),
                        new TaskFile.Schedule.Constant(0.1),
                        16,
                        3,
                        null,
                        new TaskFile.Seeds(seeds, 3),
                        new TaskFile.Device("cpu", 1)),
                new TaskFile.Budget(null, null, null, null, 50, 20),
                new TaskFile.Metrics("accuracy", List.of(), null, 100, 20),
                new TaskFile.Board(0.3),
                new TaskFile.Quota(5, 300, running, true),
                TaskFile.Teams.DEFAULT,
                TaskFile.Access.PUBLIC,
                new TaskFile.Phases(null, null, null),
                null);
    }

    // What tests ask for.

    String judgingState(UUID submission) {
        return one("select state as answer from judging where submission = ?", submission);
    }

    String verdict(UUID submission) {
        return one("select coalesce(verdict, 'none') as answer from judging where submission = ?", submission);
    }

    List<String> runStates(UUID submission) {
        return database.list("""
                select r.state from run r join judging j on j.id = r.judging where j.submission = ? order by r.seed_index
                """, row -> row.text("state"), submission);
    }

    List<String> faults(UUID submission) {
        return database.list("""
                select coalesce(a.fault, 'open') as fault
                from attempt a join run r on r.id = a.run join judging j on j.id = r.judging
                where j.submission = ? order by r.seed_index, a.n
                """, row -> row.text("fault"), submission);
    }

    int failures(UUID submission) {
        return database.get(
                "select sum(r.failures) as n from run r join judging j on j.id = r.judging where j.submission = ?",
                row -> row.integer("n"),
                submission);
    }

    List<String> ledger(UUID submission) {
        return database.list(
                "select kind from quota_entry where submission = ? order by kind", row -> row.text("kind"), submission);
    }

    private String one(String sql, Object... arguments) {
        return database.get(sql, row -> row.text("answer"), arguments);
    }
}
