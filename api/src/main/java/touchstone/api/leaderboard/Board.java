package touchstone.api.leaderboard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import touchstone.api.submission.Judgement;
import touchstone.spec.catalogue.Metric;

/**
 * A task's ranking.
 *
 * @param fold of the hidden test that the scores are of: public while the contest runs, private in the final
 * @param samples of that fold
 */
record Board(String task, String title, int version, String metric, String fold, int samples, List<Row> rows) {
    Board {
        rows = List.copyOf(rows);
    }

    /**
     * @param rank null = a baseline, which is not ranked
     * @param team a baseline's row carries the title of its strategy
     * @param halfWidth of the 90% interval; 0 = not known for this metric
     * @param gain over the best baseline; null = there is none, or the row is a baseline itself
     * @param submission told to its own team alone
     * @param submissions of this team that were judged
     */
    record Row(
            @Nullable Integer rank,
            Kind kind,
            String team,
            double score,
            double halfWidth,
            @Nullable Double gain,
            @Nullable UUID submission,
            int labelsChanged,
            int added,
            int dropped,
            int submissions,
            Instant at) {

        Row of(@Nullable UUID shown) {
            return new Row(
                    rank, kind, team, score, halfWidth, gain, shown, labelsChanged, added, dropped, submissions, at);
        }
    }

    /** What a board is about. */
    record Contest(String task, String title, int version, String metric, String fold, int samples) {
        boolean higherIsBetter() {
            return Metric.find(metric).map(Metric::higherIsBetter).orElse(true);
        }

        boolean better(double one, double other) {
            return higherIsBetter() ? one > other : one < other;
        }
    }

    /** One row a team: its best, the earlier of two equal ones. Every baseline has a row of its own. */
    static Board of(Contest contest, List<Entry> entries) {
        Comparator<Entry> bestFirst = bestFirst(contest);
        List<Entry> baselines = entries.stream().filter(Entry::baseline).toList();
        List<Entry> best = new ArrayList<>(bestOfTeams(entries, bestFirst));
        List<Double> teamScores = best.stream().map(Entry::score).toList();
        OptionalDouble toBeat = baselines.stream()
                .min(bestFirst)
                .map(entry -> OptionalDouble.of(entry.score()))
                .orElse(OptionalDouble.empty());
        best.addAll(baselines);
        List<Row> rows = best.stream()
                .sorted(bestFirst)
                .map(entry -> row(contest, entry, teamScores, toBeat))
                .toList();
        return new Board(
                contest.task(),
                contest.title(),
                contest.version(),
                contest.metric(),
                contest.fold(),
                contest.samples(),
                rows);
    }

    /** A better score first; of equal ones the earlier. */
    private static Comparator<Entry> bestFirst(Contest contest) {
        Comparator<Entry> order = Comparator.comparingDouble(Entry::score);
        if (contest.higherIsBetter()) order = order.reversed();
        return order.thenComparingLong(Entry::seq);
    }

    /** What each team stands with, by team, in the order of ranks. Baselines are left out. */
    static Map<UUID, Standing> standings(Contest contest, List<Entry> entries) {
        Comparator<Entry> bestFirst = bestFirst(contest);
        List<Entry> best =
                bestOfTeams(entries, bestFirst).stream().sorted(bestFirst).toList();
        Map<UUID, Standing> standings = new LinkedHashMap<>();
        int rank = 1;
        for (int i = 0; i < best.size(); i++) {
            if (i > 0 && best.get(i).score() != best.get(i - 1).score()) rank = i + 1;
            standings.put(best.get(i).team(), new Standing(rank, best.get(i)));
        }
        return standings;
    }

    /** The entry that a team stands with. */
    record Standing(int rank, Entry entry) {}

    private static Collection<Entry> bestOfTeams(List<Entry> entries, Comparator<Entry> bestFirst) {
        return entries.stream()
                .filter(entry -> !entry.baseline())
                .collect(Collectors.toMap(Entry::team, Function.identity(), BinaryOperator.minBy(bestFirst)))
                .values();
    }

    private static Row row(Contest contest, Entry entry, List<Double> teamScores, OptionalDouble toBeat) {
        Integer rank = entry.baseline()
                ? null
                : 1
                        + (int) teamScores.stream()
                                .filter(score -> contest.better(score, entry.score()))
                                .count();
        return new Row(
                rank,
                entry.baseline() ? Kind.BASELINE : Kind.TEAM,
                entry.baseline() ? entry.title() : entry.teamName(),
                entry.score(),
                Judgement.Score.of(contest.metric(), entry.score(), contest.samples())
                        .halfWidth(),
                !entry.baseline() && toBeat.isPresent() ? entry.score() - toBeat.getAsDouble() : null,
                entry.submission(),
                entry.labelsChanged(),
                entry.added(),
                entry.dropped(),
                entry.baseline() ? 1 : entry.submissions(),
                entry.accepted());
    }

    /** As the public sees it. */
    Board withoutSubmissions() {
        return shownTo(List.of());
    }

    /** With the ids of one's own submissions. */
    Board shownTo(Collection<UUID> own) {
        return new Board(
                task,
                title,
                version,
                metric,
                fold,
                samples,
                rows.stream()
                        .map(row -> row.of(own.contains(row.submission()) ? row.submission() : null))
                        .toList());
    }
}
