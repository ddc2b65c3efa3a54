package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;
import touchstone.spec.text.Problem;

/** Who goes into the final: at most two submissions a team, its own choice, or else its best on the board. */
@Singleton
final class FinalChoices {
    static final int CHOICES_MAX = 2;

    /** Enough for the largest archive, 200 MB, on a line of 2 Mbit/s. */
    private static final Duration LAST_UPLOADS = Duration.ofMinutes(15);

    private final Database database;
    private final BoardEntries entries;
    private final Boards boards;
    private final Audit audit;
    private final InstantSource clock;

    FinalChoices(Database database, BoardEntries entries, Boards boards, Audit audit, InstantSource clock) {
        this.database = database;
        this.entries = entries;
        this.boards = boards;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * @param submissions that go into the final as things stand
     * @param chosen false = the team has chosen none: then its best on the board is sent
     * @param max how many a team may choose
     * @param until after this time nothing can be chosen; null = no end is set
     * @param open false = the contest has closed
     */
    record Choice(
            List<UUID> submissions,
            boolean chosen,
            @Nullable String by,
            @Nullable Instant at,
            int max,
            @Nullable Instant until,
            boolean open) {}

    Choice of(TaskVersion task, Caller caller) {
        UUID team = team(task, caller).orElseThrow(FinalChoices::noTeam);
        record Chosen(UUID submission, String by, Instant at) {}
        List<Chosen> chosen = database.list(
                """
                select c.submission, a.name, c.at
                from final_choice c join account a on a.id = c.account join submission s on s.id = c.submission
                where c.team = ? and s.withdrawn is null order by s.seq
                """, row -> new Chosen(row.uuid("submission"), row.text("name"), row.instant("at")), team);
        boolean none = chosen.isEmpty();
        return new Choice(
                none
                        ? best(task, team)
                        : chosen.stream().map(Chosen::submission).toList(),
                !none,
                none ? null : chosen.getFirst().by(),
                none ? null : chosen.getFirst().at(),
                CHOICES_MAX,
                task.file().phases().closes(),
                !isOver(task));
    }

    /** From the board that is ready, at most a moment old: this is asked often, a board is large. */
    private List<UUID> best(TaskVersion task, UUID team) {
        Set<UUID> own =
                new HashSet<>(database.list("select id from submission where team = ?", row -> row.uuid("id"), team));
        return boards.of(task, BoardKind.PUBLIC).board().rows().stream()
                .filter(row -> row.kind() == Kind.TEAM && own.contains(row.submission()))
                .map(row -> Objects.requireNonNull(row.submission()))
                .toList();
    }

    private Board.Contest contest(TaskVersion task) {
        return entries.contest(task.task(), task.version(), BoardKind.PUBLIC);
    }

    private List<Entry> current(TaskVersion task) {
        return entries.at(task.task(), task.version(), BoardKind.PUBLIC, entries.latest(task.task()));
    }

    private Optional<UUID> team(TaskVersion task, Caller caller) {
        return database.find(
                "select team from member where task = ? and account = ?",
                row -> row.uuid("team"),
                task.task(),
                caller.account());
    }

    private static Refusal noTeam() {
        return Refusal.conflict(
                "no-team",
                "You are on no team",
                "Only who takes part can choose. Submit something or join a team first.");
    }

    boolean isOver(TaskVersion task) {
        Instant closes = task.file().phases().closes();
        Instant now = clock.instant();
        return task.stateAt(now) == TaskVersion.State.CLOSED || closes != null && now.isAfter(closes);
    }

    /** Until when an upload that began in time may still be on its way; empty = no longer. */
    Optional<Instant> uploadsUntil(TaskVersion task) {
        return Optional.ofNullable(task.file().phases().closes())
                .map(closes -> closes.plus(LAST_UPLOADS))
                .filter(until -> until.isAfter(clock.instant()));
    }

    /** Takes the place of what the team chose before; an empty list leaves it to the board again. */
    void choose(TaskVersion task, Caller caller, List<UUID> submissions) {
        UUID team = team(task, caller).orElseThrow(FinalChoices::noTeam);
        Set<UUID> wanted = new HashSet<>(submissions);
        if (wanted.size() > CHOICES_MAX)
            throw Refusal.badRequest(
                    "final-choice",
                    "\"submissions\" has " + wanted.size() + " ids; a team sends at most " + CHOICES_MAX + ".");
        database.transaction(() -> {
            database.get("select id from team where id = ? for update", row -> row.uuid("id"), team);
            if (isOver(task))
                throw Refusal.conflict(
                        "closed", "The contest has closed", "What goes into the final was chosen when it closed.");
            List<Problem> problems = wanted.stream()
                    .sorted()
                    .flatMap(one -> problem(team, one).stream())
                    .toList();
            if (!problems.isEmpty()) throw Refusal.problems("final-choice", "These cannot go into the final", problems);
            database.change("delete from final_choice where team = ?", team);
            for (UUID submission : wanted)
                database.change(
                        "insert into final_choice (team, submission, account, at) values (?, ?, ?, ?)",
                        team,
                        submission,
                        caller.account(),
                        clock.instant());
            audit.record(caller.account(), "team.final-choice", team.toString(), "Chose " + wanted + ".");
        });
    }

    private Optional<Problem> problem(UUID team, UUID submission) {
        record Found(boolean withdrawn, boolean rejected) {}
        Optional<Found> found =
                database.find("""
                select s.withdrawn is not null as withdrawn,
                       exists (select 1 from judging j join judging_set b on b.id = j.judging_set
                               where j.submission = s.id and j.valid and b.kind in ('board', 'rejudge')
                                 and j.verdict = 'rejected') as rejected
                from submission s where s.id = ? and s.team = ?
                """, row -> new Found(row.flag("withdrawn"), row.flag("rejected")), submission, team);
        if (found.isEmpty())
            return Optional.of(Problem.of(
                    null, "your team has no submission " + submission, "the id of one of your team's submissions"));
        if (found.get().withdrawn())
            return Optional.of(Problem.of(null, "the submission " + submission + " was withdrawn", null));
        if (found.get().rejected())
            return Optional.of(Problem.of(null, "the submission " + submission + " was rejected", null));
        return Optional.empty();
    }

    /**
     * Everything that a final judges: of each team what it chose, as far as it stands on the board, or else its best; and
     * every baseline.
     */
    List<UUID> finalists(TaskVersion task) {
        List<Entry> current = current(task);
        Map<UUID, List<UUID>> chosen = chosen(task, current);
        List<UUID> finalists = new ArrayList<>();
        Board.standings(contest(task), current)
                .forEach((team, standing) -> finalists.addAll(
                        chosen.getOrDefault(team, List.of(standing.entry().submission()))));
        current.stream().filter(Entry::baseline).map(Entry::submission).forEach(finalists::add);
        return finalists;
    }

    private Map<UUID, List<UUID>> chosen(TaskVersion task, Collection<Entry> current) {
        record Chosen(UUID team, UUID submission) {}
        Set<UUID> standing = new HashSet<>();
        current.forEach(entry -> standing.add(entry.submission()));
        Map<UUID, List<UUID>> chosen = new HashMap<>();
        database.list("""
                        select c.team, c.submission from final_choice c join submission s on s.id = c.submission
                        where s.task = ? order by s.seq
                        """, row -> new Chosen(row.uuid("team"), row.uuid("submission")), task.task()).stream()
                .filter(one -> standing.contains(one.submission()))
                .forEach(one -> chosen.computeIfAbsent(one.team(), none -> new ArrayList<>())
                        .add(one.submission()));
        return chosen;
    }
}
