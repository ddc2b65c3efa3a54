package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.RightSamples;
import touchstone.api.judging.Variant;
import touchstone.api.storage.Database;
import touchstone.api.submission.Judgement;
import touchstone.spec.catalogue.Metric;

/** What each part of a strategy is worth: the score with everything against the score without the part. */
@Singleton
final class AblationPreview {
    private final Database database;
    private final BoardEntries entries;
    private final RightSamples right;

    AblationPreview(Database database, BoardEntries entries, RightSamples right) {
        this.database = database;
        this.entries = entries;
        this.right = right;
    }

    /**
     * @param metric that the task ranks by
     * @param fold of the hidden test that all scores are of
     * @param submissions the first of them; the rest at {@code …/ablations?after=}
     */
    record Preview(String metric, String fold, int samples, Page<Ablated> submissions) {}

    /**
     * @param score with everything, as on the board; null = it is on no board any more
     * @param parts one for each part that the strategy has
     */
    record Ablated(
            UUID submission,
            int number,
            String team,
            String title,
            Judgement.@Nullable Score score,
            List<Left> parts) {}

    /**
     * A strategy without one of its parts.
     *
     * @param state null = not in the queue yet
     * @param verdict null = not judged to the end; rejected = the rest does not train by itself
     * @param score without the part; null = none
     * @param difference null = one of the two has no score
     */
    record Left(
            Variant variant,
            Judgement.@Nullable State state,
            Judgement.@Nullable Verdict verdict,
            @Nullable Double score,
            @Nullable Difference difference) {}

    /**
     * What the part is worth.
     *
     * @param value score with everything less the score without the part, over the seeds that both were trained with: above
     *     0 the part raises the score
     * @param halfWidth of its 90% interval: 1.64 standard errors of paired samples; null = not known for this metric
     * @param seeds that both were trained with
     */
    record Difference(double value, @Nullable Double halfWidth, int seeds) {}

    Preview of(JudgingSet set) {
        Board.Contest contest = contest(set);
        return new Preview(contest.metric(), contest.fold(), contest.samples(), submissions(set, 0));
    }

    private Board.Contest contest(JudgingSet set) {
        int version = Objects.requireNonNull(set.version(), "only the set board names no version");
        return entries.contest(set.task(), version, BoardKind.PUBLIC);
    }

    private record Member(UUID submission, int number, String team, String title) {}

    /** By team and number, as far as they are judged. */
    Page<Ablated> submissions(JudgingSet set, int after) {
        Board.Contest contest = contest(set);
        int first = Math.max(0, after);
        List<Member> members = database.list(
                """
                select s.id, s.number, t.name, s.title
                from submission s join team t on t.id = s.team
                where s.withdrawn is null and s.id in (select submission from judging_set_member where judging_set = ?)
                order by t.name, s.number, s.id
                limit ? offset ?
                """,
                row -> new Member(row.uuid("id"), row.integer("number"), row.text("name"), row.text("title")),
                set.id(),
                Page.ITEMS_MAX + 1,
                first);
        boolean more = members.size() > Page.ITEMS_MAX;
        List<Member> shown = more ? members.subList(0, Page.ITEMS_MAX) : members;
        return new Page<>(
                shown.stream().map(member -> ablated(set, contest, member)).toList(),
                more ? Integer.toString(first + Page.ITEMS_MAX) : null);
    }

    private Ablated ablated(JudgingSet set, Board.Contest contest, Member member) {
        List<Run> whole = whole(set, member.submission())
                .map(judging -> runs(judging, contest.metric()))
                .orElse(List.of());
        return new Ablated(
                member.submission(),
                member.number(),
                member.team(),
                member.title(),
                whole.isEmpty() ? null : Judgement.Score.of(contest.metric(), mean(whole), contest.samples()),
                parts(set, contest, member.submission(), whole));
    }

    /** What stands on the board, or stood there last, under the version that the set judges under. */
    private Optional<UUID> whole(JudgingSet set, UUID submission) {
        return database.list("""
                        select j.id
                        from judging j
                        join judging_set b on b.id = j.judging_set and b.kind in ('board', 'rejudge') and b.state = 'applied'
                        where j.submission = ? and j.task = ? and j.version = ? and j.variant = '' and j.verdict = 'scored'
                        order by j.valid desc, j.settled_seq desc
                        limit 1
                        """, row -> row.uuid("id"), submission, set.task(), set.version()).stream()
                .findFirst();
    }

    private record Judged(
            Variant variant,
            @Nullable UUID judging,
            Judgement.@Nullable State state,
            Judgement.@Nullable Verdict verdict) {}

    private List<Left> parts(JudgingSet set, Board.Contest contest, UUID submission, List<Run> whole) {
        return database
                .list(
                        """
                        select m.variant, j.id, j.state, j.verdict
                        from judging_set_member m
                        left join judging j
                          on j.judging_set = m.judging_set and j.submission = m.submission and j.variant = m.variant
                        where m.judging_set = ? and m.submission = ?
                        """,
                        row -> new Judged(
                                row.word("variant", Variant.class),
                                row.findUuid("id"),
                                row.findText("state") == null ? null : row.word("state", Judgement.State.class),
                                row.findText("verdict") == null ? null : row.word("verdict", Judgement.Verdict.class)),
                        set.id(),
                        submission)
                .stream()
                .sorted((one, other) -> one.variant().compareTo(other.variant()))
                .map(judged -> left(judged, contest, whole))
                .toList();
    }

    private Left left(Judged judged, Board.Contest contest, List<Run> whole) {
        boolean scored = judged.judging() != null && judged.verdict() == Judgement.Verdict.SCORED;
        List<Run> runs = scored ? runs(judged.judging(), contest.metric()) : List.of();
        return new Left(
                judged.variant(),
                judged.state(),
                judged.verdict(),
                runs.isEmpty() ? null : Double.valueOf(mean(runs)),
                difference(contest, whole, runs).orElse(null));
    }

    /** @param right null = not kept */
    private record Run(long seed, double score, @Nullable String right) {}

    private List<Run> runs(UUID judging, String metric) {
        return database.list(
                """
                select r.seed, m.measured, r.correct_blob
                from run r join metric m on m.run = r.id and m.fold = 'public' and m.name = ?
                where r.judging = ? order by r.seed_index
                """,
                row -> new Run(row.number("seed"), row.decimal("measured"), row.findText("correct_blob")),
                metric,
                judging);
    }

    private static double mean(List<Run> runs) {
        return runs.stream().mapToDouble(Run::score).average().orElseThrow();
    }

    private Optional<Difference> difference(Board.Contest contest, List<Run> whole, List<Run> without) {
        Map<Long, Run> bySeed = new HashMap<>();
        without.forEach(run -> bySeed.put(run.seed(), run));
        List<Run> one =
                whole.stream().filter(run -> bySeed.containsKey(run.seed())).toList();
        if (one.isEmpty()) return Optional.empty();
        List<Run> other = one.stream().map(run -> bySeed.get(run.seed())).toList();
        return Optional.of(new Difference(mean(one) - mean(other), halfWidth(contest, one, other), one.size()));
    }

    private @Nullable Double halfWidth(Board.Contest contest, List<Run> one, List<Run> other) {
        boolean share =
                Metric.find(contest.metric()).map(Metric::isShareOfSamples).orElse(false);
        List<BitSet> rightOne = right(one, contest.fold());
        List<BitSet> rightOther = right(other, contest.fold());
        boolean kept = rightOne.size() == one.size() && rightOther.size() == other.size();
        if (!share || !kept || contest.samples() < 2) return null;
        return PairedDifference.halfWidth(rightOne, rightOther, contest.samples());
    }

    private List<BitSet> right(List<Run> runs, String fold) {
        List<BitSet> found = new ArrayList<>();
        for (Run run : runs) {
            if (run.right() == null) continue;
            found.add(right.of(run.right()).getOrDefault(fold, new BitSet()));
        }
        return found;
    }
}
