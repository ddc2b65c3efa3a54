package touchstone.api.account;

import com.fasterxml.jackson.annotation.JsonValue;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.storage.Words;

/** What accounts may do, for administrators. */
@Singleton
final class Rights {
    private final Database database;
    private final Audit audit;
    private final InstantSource clock;

    Rights(Database database, Audit audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /** Whether somebody may sign in. */
    enum State {
        ACTIVE,
        CLOSED;

        @JsonValue
        String word() {
            return Words.of(this);
        }
    }

    /** @param email null = none was given */
    record Entry(
            String name, @Nullable String email, Role role, boolean mayCreateTasks, State state, Instant created) {}

    /** Null = stays as it is. */
    record Change(
            @Nullable Boolean mayCreateTasks,
            @Nullable Role role,
            @Nullable State state) {}

    private static final String ACCOUNT = """
            select id, name, name_folded, email, house_role, may_create_tasks, state, created from account
            """;

    void requireAdministrator(Caller caller) {
        if (caller.role() != Role.ADMINISTRATOR) throw notAdministrator();
    }

    private static Refusal notAdministrator() {
        return Refusal.of(
                HttpStatus.FORBIDDEN,
                "not-administrator",
                "Not yours to do",
                "Only an administrator of this server may do this.");
    }

    /** By name. @param search a part of the name or of the e-mail; null = everybody */
    Page<Entry> page(@Nullable String search, @Nullable String after) {
        String part = "%" + Names.folded(search == null ? "" : search).replaceAll("([\\\\%_])", "\\\\$1") + "%";
        record Folded(Entry entry, String name) {}
        Page<Folded> page = Page.of(
                database.list(
                        ACCOUNT + """
                                where name_folded > ? and (name_folded like ? or coalesce(email_folded, '') like ?)
                                order by name_folded
                                limit ?
                                """,
                        row -> new Folded(read(row), row.text("name_folded")),
                        after == null ? "" : after,
                        part,
                        part,
                        Page.ITEMS_MAX + 1),
                Folded::name);
        return new Page<>(page.items().stream().map(Folded::entry).toList(), page.next());
    }

    private static Entry read(Row row) throws SQLException {
        return new Entry(
                row.text("name"),
                row.findText("email"),
                row.word("house_role", Role.class),
                row.flag("may_create_tasks"),
                row.word("state", State.class),
                row.instant("created"));
    }

    private record Target(UUID id, Entry entry) {}

    /** Closing an account ends its sessions and tokens for good. There is always an administrator left. */
    Entry change(Caller caller, String name, Change wanted) {
        return database.transaction(() -> {
            // Two who take each other's role at once: the second waits here, and finds that it may not any more.
            List<UUID> administrators = administrators();
            if (!administrators.contains(caller.account())) throw notAdministrator();
            Target target = target(name).orElseThrow(Refusal::notFound);
            Entry before = target.entry();
            Entry after = new Entry(
                    before.name(),
                    before.email(),
                    wanted.role() == null ? before.role() : wanted.role(),
                    wanted.mayCreateTasks() == null ? before.mayCreateTasks() : wanted.mayCreateTasks(),
                    wanted.state() == null ? before.state() : wanted.state(),
                    before.created());
            if (after.equals(before)) return after;
            boolean administers = after.role() == Role.ADMINISTRATOR && after.state() == State.ACTIVE;
            if (!administers && administrators.equals(List.of(target.id())))
                throw Refusal.conflict(
                        "last-administrator",
                        "The last administrator",
                        "\"" + before.name() + "\" is the only administrator. Make another one first.");
            database.change(
                    "update account set house_role = ?, may_create_tasks = ?, state = ? where id = ?",
                    after.role(),
                    after.mayCreateTasks(),
                    after.state(),
                    target.id());
            if (after.state() == State.CLOSED)
                database.change(
                        "update token set revoked = ? where account = ? and revoked is null",
                        clock.instant(),
                        target.id());
            audit.record(caller.account(), "account.rights", before.name(), difference(before, after));
            return after;
        });
    }

    private List<UUID> administrators() {
        return database.list("""
                select id from account where house_role = 'administrator' and state = 'active' order by id for update
                """, row -> row.uuid("id"));
    }

    private Optional<Target> target(String name) {
        return database.find(
                ACCOUNT + " where name_folded = ? for update",
                row -> new Target(row.uuid("id"), read(row)),
                Names.folded(name));
    }

    private static String difference(Entry before, Entry after) {
        List<String> changes = new ArrayList<>();
        if (before.role() != after.role()) changes.add("role " + after.role().word());
        if (before.mayCreateTasks() != after.mayCreateTasks())
            changes.add(after.mayCreateTasks() ? "may create tasks" : "may not create tasks");
        if (before.state() != after.state())
            changes.add("state " + after.state().word());
        return String.join(", ", changes);
    }
}
