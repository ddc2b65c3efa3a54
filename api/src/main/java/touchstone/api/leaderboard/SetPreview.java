package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.JudgingSets;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;

/** Old against new: what a set changes when it is applied, or what it changed when it was. */
@Singleton
final class SetPreview {
    private final Database database;
    private final BoardEntries entries;
    private final JudgingSets sets;

    /** What was looked at last: page after page of it, and whoever waits for a final to be judged, ask for the same. */
    private volatile @Nullable Found last;

    SetPreview(Database database, BoardEntries entries, JudgingSets sets) {
        this.database = database;
        this.entries = entries;
        this.sets = sets;
    }

    /**
     * What a set changes.
     *
     * @param seq of the last change of the board that it is held against
     * @param progress of the set
     */
    private record Found(
            UUID set,
            long seq,
            JudgingSets.Progress progress,
            List<SubmissionChange> submissions,
            List<TeamChange> teams) {}

    private Found found(JudgingSet set) {
        Long applied = set.appliedSeq();
        long seq = applied == null ? entries.latest(set.task()) : applied - 1;
        JudgingSets.Progress progress = sets.progress(set.id());
        Found known = last;
        boolean same = known != null
                && known.set().equals(set.id())
                && known.seq() == seq
                && known.progress().equals(progress);
        if (same) return known;
        Found found = new Found(set.id(), seq, progress, read(set), standings(set, seq));
        last = found;
        return found;
    }

    /**
     * @param fold that new scores are of; old ones are of the public fold
     * @param verdictsChanged submissions whose verdict is another
     * @param scoresChanged submissions with a score before and after that is another
     * @param teamsMoved teams whose rank is another
     * @param submissions the first of them; the rest at {@code …/submissions?after=}
     * @param teams the first of them, in the order of new ranks; the rest at {@code …/teams?after=}
     */
    record Preview(
            String fold,
            int verdictsChanged,
            int scoresChanged,
            int teamsMoved,
            Page<SubmissionChange> submissions,
            Page<TeamChange> teams) {}

    /** @param verdict null = not judged to the end; @param score null = none */
    record Side(@Nullable String verdict, @Nullable Double score) {}

    /** @param difference new score less the old one; null = one of both has none, or they are of different folds */
    record SubmissionChange(
            UUID submission,
            int number,
            String team,
            String title,
            Side old,
            Side now,
            @Nullable Double difference) {}

    /** @param rank null = not on this board; @param score null = none */
    record Place(@Nullable Integer rank, @Nullable Double score) {
        static Place of(Board.@Nullable Standing standing) {
            return standing == null
                    ? new Place(null, null)
                    : new Place(standing.rank(), standing.entry().score());
        }
    }

    record TeamChange(String team, Place old, Place now) {
        boolean moved() {
            return !Objects.equals(old.rank(), now.rank());
        }
    }

    Preview of(JudgingSet set) {
        Found found = found(set);
        List<SubmissionChange> submissions = found.submissions();
        List<TeamChange> teams = found.teams();
        return new Preview(
                kind(set).fold(),
                (int) submissions.stream()
                        .filter(change -> !Objects.equals(
                                change.old().verdict(), change.now().verdict()))
                        .count(),
                (int) submissions.stream()
                        .filter(change -> change.difference() != null && change.difference() != 0)
                        .count(),
                (int) teams.stream().filter(TeamChange::moved).count(),
                page(submissions, 0),
                page(teams, 0));
    }

    /** @param after how many to leave out */
    static <T> Page<T> page(List<T> all, int after) {
        int from = Math.clamp(after, 0, all.size());
        int to = Math.min(all.size(), from + Page.ITEMS_MAX);
        return new Page<>(all.subList(from, to), to < all.size() ? Integer.toString(to) : null);
    }

    private static BoardKind kind(JudgingSet set) {
        return set.kind() == JudgingSet.Kind.FINAL ? BoardKind.FINAL : BoardKind.PUBLIC;
    }

    private static int version(JudgingSet set) {
        return Objects.requireNonNull(set.version(), "only the set board names no version");
    }

    /** By team and number. */
    List<SubmissionChange> submissions(JudgingSet set) {
        return found(set).submissions();
    }

    private List<SubmissionChange> read(JudgingSet set) {
        BoardKind kind = kind(set);
        String metric = entries.contest(set.task(), version(set), kind).metric();
        boolean replaced = kind == BoardKind.PUBLIC && set.state() == JudgingSet.State.APPLIED;
        return database.list(
                """
                select s.id, s.number, s.title, t.name, n.verdict as new_verdict, o.verdict as old_verdict,
                       (select avg(m.measured) from run r join metric m on m.run = r.id
                        where r.judging = n.id and m.fold = ? and m.name = ?) as new_score,
                       (select avg(m.measured) from run r join metric m on m.run = r.id
                        where r.judging = o.id and m.fold = 'public' and m.name = ?) as old_score
                from judging n
                join submission s on s.id = n.submission
                join team t on t.id = s.team
                left join judging o on o.submission = n.submission and o.id <> n.id and o.variant = '' and %s
                where n.judging_set = ? and n.state = 'settled'
                order by t.name, s.number
                """.formatted(replaced ? "o.superseded_by = n.id" : """
                        o.valid and o.judging_set in
                          (select b.id from judging_set b where b.task = s.task and b.kind in ('board', 'rejudge'))
                        """),
                row -> change(row, kind == BoardKind.PUBLIC),
                kind.fold(),
                metric,
                metric,
                set.id());
    }

    private static SubmissionChange change(Row row, boolean sameFold) throws SQLException {
        Side old = new Side(row.findText("old_verdict"), row.findDecimal("old_score"));
        Side now = new Side(row.findText("new_verdict"), row.findDecimal("new_score"));
        boolean comparable = sameFold && old.score() != null && now.score() != null;
        return new SubmissionChange(
                row.uuid("id"),
                row.integer("number"),
                row.text("name"),
                row.text("title"),
                old,
                now,
                comparable ? Double.valueOf(now.score() - old.score()) : null);
    }

    /** In the order of new ranks; who falls off the board stands last. */
    List<TeamChange> teams(JudgingSet set) {
        return found(set).teams();
    }

    private List<TeamChange> standings(JudgingSet set, long seq) {
        UUID task = set.task();
        int version = version(set);
        List<Entry> before = entries.at(task, version, BoardKind.PUBLIC, seq);
        Map<UUID, Board.Standing> old = Board.standings(entries.contest(task, version, BoardKind.PUBLIC), before);
        Map<UUID, Board.Standing> now =
                Board.standings(entries.contest(task, version, kind(set)), after(set, before, seq));
        Set<UUID> teams = new LinkedHashSet<>(now.keySet());
        teams.addAll(old.keySet());
        return teams.stream().map(team -> change(old.get(team), now.get(team))).toList();
    }

    private List<Entry> after(JudgingSet set, List<Entry> before, long seq) {
        List<Entry> judged = entries.ofSet(set.task(), version(set), kind(set), seq, set.id());
        if (set.kind() == JudgingSet.Kind.FINAL) return judged;
        Set<UUID> replaced = new HashSet<>(database.list(
                "select submission from judging where judging_set = ? and state = 'settled'",
                row -> row.uuid("submission"),
                set.id()));
        List<Entry> after = new ArrayList<>(judged);
        before.stream().filter(entry -> !replaced.contains(entry.submission())).forEach(after::add);
        return after;
    }

    private static TeamChange change(Board.@Nullable Standing old, Board.@Nullable Standing now) {
        Board.Standing known = now == null ? Objects.requireNonNull(old) : now;
        return new TeamChange(known.entry().teamName(), Place.of(old), Place.of(now));
    }
}
