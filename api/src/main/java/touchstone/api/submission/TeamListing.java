package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;

/** A task's teams, for its organizers. */
@Singleton
final class TeamListing {
    private final Database database;

    TeamListing(Database database) {
        this.database = database;
    }

    /**
     * @param captain null = nobody is on it
     * @param scored when a submission of it was first scored; null = none was
     * @param unfrozen when an organizer let its members change all the same; null = not so
     */
    record Entry(
            UUID id,
            String name,
            boolean baseline,
            @Nullable String captain,
            List<String> members,
            int submissions,
            Instant created,
            @Nullable Instant scored,
            @Nullable Instant unfrozen) {

        Entry with(List<String> names) {
            return new Entry(id, name, baseline, captain, names, submissions, created, scored, unfrozen);
        }
    }

    /** By name. */
    Page<Entry> page(UUID task, @Nullable String after) {
        Page<Entry> page = Page.of(
                database.list(
                        """
                        select team.id, team.name, team.kind, captain.name as captain_name, team.created, team.frozen_at,
                               team.thawed_at,
                               (select count(*) from submission where submission.team = team.id) as submissions
                        from team left join account captain on captain.id = team.captain
                        where team.task = ? and team.name > ?
                        order by team.name
                        limit ?
                        """,
                        row -> new Entry(
                                row.uuid("id"),
                                row.text("name"),
                                row.text("kind").equals("baseline"),
                                row.findText("captain_name"),
                                List.of(),
                                row.integer("submissions"),
                                row.instant("created"),
                                row.findInstant("frozen_at"),
                                row.findInstant("thawed_at")),
                        task,
                        after == null ? "" : after,
                        Page.ITEMS_MAX + 1),
                Entry::name);
        Map<UUID, List<String>> names =
                names(page.items().stream().map(Entry::id).toList());
        return new Page<>(
                page.items().stream()
                        .map(entry -> entry.with(names.getOrDefault(entry.id(), List.of())))
                        .toList(),
                page.next());
    }

    private Map<UUID, List<String>> names(List<UUID> teams) {
        if (teams.isEmpty()) return Map.of();
        record Named(UUID team, String name) {}
        return database
                .list(
                        """
                        select member.team, account.name from member join account on account.id = member.account
                        where member.team in (%s)
                        order by member.joined, account.name
                        """.formatted(String.join(", ", Collections.nCopies(teams.size(), "?"))),
                        row -> new Named(row.uuid("team"), row.text("name")),
                        teams.toArray())
                .stream()
                .collect(Collectors.groupingBy(Named::team, Collectors.mapping(Named::name, Collectors.toList())));
    }
}
