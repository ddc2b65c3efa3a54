package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.audit.Audit;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.api.submission.StrategyCheck;
import touchstone.api.submission.SubmissionIntake;
import touchstone.api.task.TaskVersion;
import touchstone.spec.job.CheckReport;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;

/** Trying a draft out before it is published: the plain strategy with ten seeds, through the same queue as everything. */
@Singleton
final class TryOuts {
    static final int SEEDS = 10;
    private static final String PLAIN = "strategy: 1\ntitle: Plain\n";

    private final Database database;
    private final Blobs blobs;
    private final StrategyCheck check;
    private final SubmissionIntake intake;
    private final JudgingSets sets;
    private final SetEnding ending;
    private final TaskFiles tasks;
    private final JsonText json;
    private final RightSamples rightSamples;
    private final Audit audit;
    private final InstantSource clock;

    TryOuts(
            Database database,
            Blobs blobs,
            StrategyCheck check,
            SubmissionIntake intake,
            JudgingSets sets,
            SetEnding ending,
            TaskFiles tasks,
            JsonText json,
            RightSamples rightSamples,
            Audit audit,
            InstantSource clock) {
        this.database = database;
        this.blobs = blobs;
        this.check = check;
        this.intake = intake;
        this.sets = sets;
        this.ending = ending;
        this.tasks = tasks;
        this.json = json;
        this.rightSamples = rightSamples;
        this.audit = audit;
        this.clock = clock;
    }

    /** Begins the try-out of a draft, unless it has one. False = it has. A try-out of an earlier draft is dropped. */
    boolean begin(Caller caller, TaskVersion draft) {
        if (find(draft.task())
                .filter(known -> known.version() == draft.version())
                .isPresent()) return false;
        UUID submission = submit(organizer(caller, draft), draft);
        return database.transaction(() -> {
            database.get("select id from task where id = ? for update", row -> row.uuid("id"), draft.task());
            Optional<Known> known = find(draft.task());
            if (known.filter(one -> one.version() == draft.version()).isPresent()) return false;
            known.ifPresent(earlier -> ending.drop(earlier.set(), caller.account()));
            sets.create(new JudgingSets.Order(
                    draft.task(),
                    draft.version(),
                    JudgingSet.Kind.TRYOUT,
                    caller.account(),
                    "Try-out of version " + draft.version() + ".",
                    List.of(submission),
                    LongStream.rangeClosed(1, SEEDS).boxed().toList(),
                    true,
                    null));
            audit.record(caller.account(), "task.try-out", draft.slug(), "version " + draft.version());
            return true;
        });
    }

    /** A try-out is a submission of an organizer's baseline team, also when an administrator begins it. */
    private static Caller organizer(Caller caller, TaskVersion draft) {
        return draft.isOrganizer(caller.account())
                ? caller
                : new Caller(draft.organizer(), draft.organizerName(), Role.CONTESTANT, false, caller.tokenDigest());
    }

    private UUID submit(Caller caller, TaskVersion draft) {
        byte[] plain = plain();
        try (Blobs.Incoming archive = blobs.receive(new ByteArrayInputStream(plain), plain.length)) {
            CheckReport report = check.check(caller.account(), draft, archive);
            return intake.submit(caller, draft, String.valueOf(report.strategy()), clock.instant(), made -> {})
                    .submission();
        } catch (IOException e) {
            throw new UncheckedIOException("The plain strategy could not be kept", e);
        } catch (Blobs.TooLarge e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] plain() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("strategy.yaml");
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write(PLAIN.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private record Known(UUID set, int version, UUID submission, Instant begun) {}

    /** The latest try-out of a task. */
    private Optional<Known> find(UUID task) {
        return database.find(
                """
                select b.id, b.version, m.submission, b.created
                from judging_set b join judging_set_member m on m.judging_set = b.id
                where b.task = ? and b.kind = 'tryout' and b.state <> 'dropped' order by b.created desc
                """,
                row -> new Known(
                        row.uuid("id"), row.integer("version"), row.uuid("submission"), row.instant("created")),
                task);
    }

    Optional<TryOutReport> report(UUID task) {
        return find(task).map(known -> report(task, known));
    }

    private record Standing(
            String state, @Nullable String fault, @Nullable JudgingDocument document) {}

    /** One run that is done. @param right null = not kept */
    private record Done(double seconds, @Nullable String right) {}

    private TryOutReport report(UUID task, Known known) {
        TaskFile file = tasks.get(task, known.version());
        TaskFile.Counts counts = tasks.counts(task, known.version());
        Standing standing = standing(known.set());
        List<Done> done = done(known.set());
        return new TryOutReport(
                known.version(),
                text("digest", task, known.version()),
                known.submission().toString(),
                known.begun(),
                standing.state(),
                SEEDS,
                done.size(),
                standing.fault(),
                standing.document() == null ? List.of() : standing.document().problems(),
                file.metrics().rankBy(),
                scores(known.set(), file.metrics().rankBy()),
                seconds(done),
                done.size() < SEEDS ? null : differences(done, file.recipe().seeds(), counts),
                duplicates(task, known.version()));
    }

    private Standing standing(UUID set) {
        return database.find(
                        "select state, fault, document from judging where judging_set = ?",
                        row -> {
                            String document = row.findText("document");
                            return new Standing(
                                    row.text("state"),
                                    row.findText("fault"),
                                    document == null ? null : json.read(document, JudgingDocument.class));
                        },
                        set)
                .orElse(new Standing("waiting", null, null));
    }

    private List<Done> done(UUID set) {
        return database.list(
                """
                select a.report, r.correct_blob from run r
                join judging j on j.id = r.judging
                join attempt a on a.run = r.id and a.fault = 'none'
                where j.judging_set = ? and r.state = 'done' order by r.seed_index
                """,
                row -> new Done(
                        json.read(row.text("report"), Settling.Report.class).seconds().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum(),
                        row.findText("correct_blob")),
                set);
    }

    private List<TryOutReport.Score> scores(UUID set, String metric) {
        List<JudgingSets.Measured> measured = sets.measured(set);
        return Stream.of("validation", "public", "private")
                .flatMap(fold -> score(
                        fold,
                        measured.stream()
                                .filter(one ->
                                        one.fold().equals(fold) && one.metric().equals(metric))
                                .mapToDouble(JudgingSets.Measured::value)
                                .toArray())
                        .stream())
                .toList();
    }

    private static Optional<TryOutReport.Score> score(String fold, double[] values) {
        if (values.length == 0) return Optional.empty();
        DoubleSummaryStatistics all = new DoubleSummaryStatistics();
        for (double value : values) all.accept(value);
        double squares = 0;
        for (double value : values) squares += (value - all.getAverage()) * (value - all.getAverage());
        return Optional.of(new TryOutReport.Score(
                fold,
                values.length,
                all.getAverage(),
                values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
                all.getMin(),
                all.getMax()));
    }

    private static TryOutReport.@Nullable Seconds seconds(List<Done> done) {
        if (done.isEmpty()) return null;
        DoubleSummaryStatistics all = done.stream().mapToDouble(Done::seconds).summaryStatistics();
        return new TryOutReport.Seconds(all.getAverage(), all.getMax());
    }

    /** Null when what the runs got right is not kept any more. */
    private TryOutReport.@Nullable Differences differences(
            List<Done> done, TaskFile.Seeds seeds, TaskFile.Counts counts) {
        List<BitSet> right = new ArrayList<>();
        for (Done run : done) if (run.right() != null) right.add(bits(run.right(), counts));
        if (right.size() < 2) return null;
        Distinguishable found = Distinguishable.of(right, counts.publicFold() + counts.privateFold());
        return new TryOutReport.Differences(
                found.discordance(),
                found.seedVariance(),
                List.of(
                        smallest(found, "public", counts.publicFold(), seeds.board()),
                        smallest(found, "private", counts.privateFold(), seeds.finals())));
    }

    private static TryOutReport.Smallest smallest(Distinguishable found, String fold, int samples, int seeds) {
        return new TryOutReport.Smallest(fold, samples, seeds, found.smallest(samples, seeds));
    }

    /** Both folds, one after the other. */
    private BitSet bits(String blob, TaskFile.Counts counts) {
        Map<String, BitSet> folds = rightSamples.of(blob);
        BitSet bits = folds.getOrDefault("public", new BitSet());
        folds.getOrDefault("private", new BitSet()).stream().forEach(i -> bits.set(counts.publicFold() + i));
        return bits;
    }

    private Publication.@Nullable Duplicates duplicates(UUID task, int version) {
        String found = text("coalesce(duplicates, '')", task, version);
        return found.isEmpty() ? null : json.read(found, Publication.Duplicates.class);
    }

    private String text(String column, UUID task, int version) {
        return database.get(
                "select " + column + " as found from task_version where task = ? and n = ?",
                row -> row.text("found"),
                task,
                version);
    }
}
