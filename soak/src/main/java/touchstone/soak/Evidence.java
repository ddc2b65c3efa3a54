package touchstone.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What must hold when all is quiet: the promises, asked of the tables and of the disk. */
final class Evidence {
    /** As the server counts: three of these on one run need an operator, and give the charge back. */
    private static final String COUNTED = "('limit', 'ours', 'lost')";

    private static final int COUNTED_MAX = 3;

    /** Older than anything that a collection leaves alone. */
    private static final Duration AGED = Duration.ofDays(2);

    private final SoakDatabase database;
    private final Options options;
    private final Findings findings;

    Evidence(SoakDatabase database, Options options, Findings findings) {
        this.database = database;
        this.options = options;
        this.findings = findings;
    }

    /** @param accepted the submissions that clients were told of */
    void ofJudgings(Set<String> accepted) throws SQLException {
        Set<String> stored = new HashSet<>(database.rows("select id from submission"));
        findings.require(stored.containsAll(accepted), "a submission that was answered is not stored");
        findings.require(
                accepted.containsAll(stored),
                "there are " + stored.size() + " submissions, and clients made " + accepted.size());
        none("submissions without exactly one judging", """
                select s.id from submission s left join judging j on j.submission = s.id
                group by s.id having count(j.id) <> 1
                """);
        none("judgings that are not scored", """
                select id, state, coalesce(verdict, 'no verdict'), coalesce(fault, '') from judging
                where state <> 'settled' or verdict <> 'scored'
                """);
        none("runs that are not done", "select id, state from run where state <> 'done'");
        none("open attempts", "select run, n from attempt where open_key is not null or state <> 'ended'");
        none("runs that were not scored exactly once", """
                select r.id from run r left join attempt a on a.run = r.id and a.fault = 'none'
                group by r.id having count(a.n) <> 1
                """);
        none("runs whose attempts are not numbered from 1 without a gap", """
                select r.id from run r left join attempt a on a.run = r.id
                group by r.id, r.attempts having count(a.n) <> r.attempts or max(a.n) <> r.attempts
                """);
        none("runs without exactly one public accuracy", """
                select r.id from run r left join metric m on m.run = r.id and m.fold = 'public' and m.name = 'accuracy'
                group by r.id having count(m.name) <> 1
                """);
    }

    /** @param left what each team was told is left of {@code total} */
    void ofQuota(int total, Map<String, Integer> left) throws SQLException {
        for (var team : left.entrySet()) {
            long spent = database.count("""
                    select coalesce(sum(case when q.kind = 'charge' then 1 else -1 end), 0)
                    from quota_entry q join team t on t.id = q.team where t.name = '%s'
                    """.formatted(team.getKey()));
            findings.require(
                    team.getValue() == total - spent,
                    team.getKey() + " was told that " + team.getValue() + " submissions are left, and the ledger says "
                            + (total - spent));
        }
        none("submissions without exactly one charge", """
                select s.id from submission s left join quota_entry q on q.submission = s.id and q.kind = 'charge'
                group by s.id having count(q.kind) <> 1
                """);
        none("refunds without a run that failed three times by a fault of ours", """
                select q.submission from quota_entry q where q.kind = 'refund' and not exists (%s)
                """.formatted(
                        failedThreeTimes("q.submission")));
        none("submissions that failed three times by a fault of ours and were not given back", """
                select s.id from submission s
                where exists (%s)
                  and not exists (select 1 from quota_entry q where q.submission = s.id and q.kind = 'refund')
                """.formatted(
                        failedThreeTimes("s.id")));
    }

    private static String failedThreeTimes(String submission) {
        return """
                select a.run from attempt a join run r on r.id = a.run join judging j on j.id = r.judging
                where j.submission = %s and a.fault in %s group by a.run having count(*) >= %d
                """.formatted(submission, COUNTED, COUNTED_MAX);
    }

    void ofCluster() throws SQLException {
        none("attempts that ran elsewhere than on the cluster", """
                select run, n, runner from attempt where runner <> 'kubernetes'
                """);
        none("runs that say not where they were scored", """
                select run from attempt where fault = 'none' and (fingerprint is null or fingerprint not like '%"node":%')
                """);
    }

    /** The same strategy with the same seed gave the same bits, on whichever server, after however many kills. */
    void ofDigests() throws SQLException {
        none("strategies with one seed and several final weights", """
                select s.strategy_digest, r.seed
                from run r join judging j on j.id = r.judging join submission s on s.id = j.submission
                group by s.strategy_digest, r.seed having count(distinct r.weights_blob) <> 1
                """);
        none("runs whose attempts stored different weights", """
                select run from attempt where weights_blob is not null group by run having count(distinct weights_blob) > 1
                """);
        none("strategies with one seed and several scores", """
                select s.strategy_digest, r.seed, m.fold, m.name
                from metric m join run r on r.id = m.run join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                group by s.strategy_digest, r.seed, m.fold, m.name having count(distinct m.measured) <> 1
                """);
    }

    /** Makes everything in the data folder old, since what is young may belong to an upload that still runs. */
    void age() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(AGED));
        for (Path folder :
                List.of(options.data().resolve("blobs"), options.data().resolve("work"))) {
            if (!Files.isDirectory(folder)) continue;
            try (Stream<Path> entries = Files.walk(folder)) {
                for (Path entry : entries.toList()) Files.setLastModifiedTime(entry, old);
            }
        }
    }

    /** After a collection: rows and files agree in both directions, and nothing half done lies about. */
    void ofBlobs() throws SQLException, IOException {
        Set<String> rows = new HashSet<>(database.rows("select digest from blob"));
        Path blobs = options.data().resolve("blobs");
        Set<String> files = filesIn(blobs, blobs.resolve("incoming"));
        findings.require(rows.containsAll(files), "files without a row: " + without(files, rows));
        findings.require(files.containsAll(rows), "rows without a file: " + without(rows, files));
        findings.require(
                filesIn(blobs.resolve("incoming"), null).isEmpty(), "broken uploads are left in blobs/incoming");
        findings.require(
                filesIn(options.data().resolve("work"), null).isEmpty(),
                "scratch files are left in work: " + filesIn(options.data().resolve("work"), null));
    }

    private static Set<String> filesIn(Path folder, @Nullable Path but) throws IOException {
        if (!Files.isDirectory(folder)) return Set.of();
        try (Stream<Path> entries = Files.walk(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> but == null || !file.startsWith(but))
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.toSet());
        }
    }

    private static String without(Set<String> some, Set<String> others) {
        return some.stream().filter(one -> !others.contains(one)).limit(5).collect(Collectors.joining(", "));
    }

    /** Ends of attempts, for the reader. */
    List<String> ends() throws SQLException {
        return database.rows("select count(*), fault from attempt group by fault order by fault");
    }

    private void none(String what, String sql) throws SQLException {
        List<String> rows = database.rows(sql);
        findings.require(
                rows.isEmpty(),
                what + ": " + rows.size() + ", such as "
                        + rows.stream().limit(3).toList());
    }
}
