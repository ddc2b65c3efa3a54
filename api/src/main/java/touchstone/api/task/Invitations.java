package touchstone.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Failures;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.api.storage.Row;

/** Codes that let people into an invited task, or onto a team. The database knows only their digests. */
@Singleton
public final class Invitations {
    private static final int USES_MAX = 1000;
    private static final int DAYS_MAX = 365;
    private static final int DAYS = 14;

    /** More at a time is a script that forgets. */
    private static final int OPEN_MAX = 200;

    private static final int SECRET_BYTES = 20;

    private final Database database;
    private final InstantSource clock;
    private final SecureRandom random;

    /** By account: who guesses slows only themselves. */
    private final Failures<UUID> failures;

    Invitations(Database database, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.failures = new Failures<>(clock);
    }

    /**
     * @param code the secret itself: told once, when it is made
     * @param account of one person, by name; null = of whoever has the code
     * @param uses people who came by it
     * @param revoked null = not taken back
     */
    public record Invitation(
            UUID id,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String code,

            @Nullable String account,
            int uses,
            int usesMax,
            String invitedBy,
            Instant created,
            Instant expires,
            @Nullable Instant revoked) {

        Invitation with(String secret) {
            return new Invitation(id, secret, account, uses, usesMax, invitedBy, created, expires, revoked);
        }
    }

    /**
     * What is asked for.
     *
     * @param uses people who may come by it, 1 to 1000; null = 1
     * @param days how long it is good, 1 to 365; null = 14
     */
    public record Wanted(@Nullable Integer uses, @Nullable Integer days) {
        int usesMax() {
            int wanted = uses == null ? 1 : uses;
            if (wanted < 1 || wanted > USES_MAX)
                throw Refusal.badRequest("uses", "\"uses\" is " + wanted + "; write 1 to " + USES_MAX + ".");
            return wanted;
        }

        Duration lasts() {
            int wanted = days == null ? DAYS : days;
            if (wanted < 1 || wanted > DAYS_MAX)
                throw Refusal.badRequest("days", "\"days\" is " + wanted + "; write 1 to " + DAYS_MAX + ".");
            return Duration.ofDays(wanted);
        }
    }

    /** Part of the caller's transaction. @param team null = into the task */
    public Invitation create(UUID task, @Nullable UUID team, UUID by, Wanted wanted) {
        int open = database.get("""
                select count(*) as invitations from invitation
                where task = ? and (team = ? or team is null and cast(? as uuid) is null)
                  and revoked is null and expires > ? and uses < uses_max
                """, row -> row.integer("invitations"), task, team, team, clock.instant());
        if (open >= OPEN_MAX)
            throw Refusal.conflict(
                    "too-many-invitations",
                    "Too many invitations",
                    "At most " + OPEN_MAX
                            + " invitations are open at a time. Take some back, or make one with more uses.");
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        // The prefix lets people and scanners see what this is when it turns up where it should not.
        String secret = "ti_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        UUID id = insert(task, team, null, Digests.of(secret), 0, wanted.usesMax(), by, wanted.lasts());
        return find(id).orElseThrow().with(secret);
    }

    /** Of one person, who is in with it. */
    Invitation createFor(UUID task, UUID account, UUID by) {
        UUID id = insert(task, null, account, null, 1, 1, by, Duration.ofDays(DAYS_MAX));
        return find(id).orElseThrow();
    }

    private UUID insert(
            UUID task,
            @Nullable UUID team,
            @Nullable UUID account,
            @Nullable String digest,
            int uses,
            int usesMax,
            UUID by,
            Duration lasts) {
        UUID id = UUID.randomUUID();
        Instant now = clock.instant();
        database.change("""
                insert into invitation (id, task, team, account, digest, uses, uses_max, invited_by, created, expires)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, id, task, team, account, digest, uses, usesMax, by, now, now.plus(lasts));
        return id;
    }

    private static final String INVITATION = """
            select invitation.id, invited.name as account_name, invitation.uses, invitation.uses_max,
                   inviter.name as invited_by, invitation.created, invitation.expires, invitation.revoked, invitation.seq
            from invitation
            join account inviter on inviter.id = invitation.invited_by
            left join account invited on invited.id = invitation.account
            """;

    public Optional<Invitation> find(UUID id) {
        return database.find(INVITATION + " where invitation.id = ?", Invitations::read, id);
    }

    /** Into a task, the newest first. */
    Page<Invitation> page(UUID task, long before) {
        record Numbered(Invitation invitation, long seq) {}
        Page<Numbered> page = Page.of(
                database.list(
                        INVITATION
                                + " where invitation.task = ? and invitation.team is null and invitation.seq < ?"
                                + " order by invitation.seq desc limit ?",
                        row -> new Numbered(read(row), row.number("seq")),
                        task,
                        before,
                        Page.ITEMS_MAX + 1),
                numbered -> Long.toString(numbered.seq()));
        return new Page<>(page.items().stream().map(Numbered::invitation).toList(), page.next());
    }

    /** Onto a team, those that somebody can still come by, the newest first. */
    public List<Invitation> openOf(UUID team) {
        return database.list(
                INVITATION
                        + " where invitation.team = ? and invitation.revoked is null and invitation.expires > ?"
                        + " and invitation.uses < invitation.uses_max order by invitation.seq desc",
                Invitations::read,
                team,
                clock.instant());
    }

    private static Invitation read(Row row) throws SQLException {
        return new Invitation(
                row.uuid("id"),
                null,
                row.findText("account_name"),
                row.integer("uses"),
                row.integer("uses_max"),
                row.text("invited_by"),
                row.instant("created"),
                row.instant("expires"),
                row.findInstant("revoked"));
    }

    /** @param team null = into the task; @return false = there is no such invitation */
    public boolean revoke(UUID task, @Nullable UUID team, UUID id) {
        Optional<UUID> found = database.find("""
                select id from invitation
                where id = ? and task = ? and (team = ? or team is null and cast(? as uuid) is null)
                """, row -> row.uuid("id"), id, task, team, team);
        database.change("update invitation set revoked = ? where id = ? and revoked is null", clock.instant(), id);
        return found.isPresent();
    }

    /** Takes all codes of a team back. */
    public void revokeAll(UUID team) {
        database.change("update invitation set revoked = ? where team = ? and revoked is null", clock.instant(), team);
    }

    /** Whose code it is. @param team null = it leads into the task only */
    public record Code(UUID invitation, UUID task, @Nullable UUID team) {}

    /**
     * Does what a code allows. Every code that does not do is answered alike and counts as a guess.
     *
     * @param use what happens with it, in one transaction with {@link #spend}; it refuses by {@link #notGood}
     */
    public <T> T using(UUID account, @Nullable String code, Function<Code, T> use) {
        failures.waitOf(account).ifPresent(left -> {
            throw Refusal.tooMany(
                    "slow-down",
                    "Slow down",
                    "Too many codes that are not good. Try again in " + (left.toMinutes() + 1) + " minutes.",
                    left);
        });
        try {
            T done = database.transaction(() -> use.apply(known(code)));
            failures.succeeded(account);
            return done;
        } catch (NotGood e) {
            failures.failed(account);
            throw refusal();
        }
    }

    private Code known(@Nullable String code) {
        return database.find(
                        "select id, task, team from invitation where digest = ?",
                        row -> new Code(row.uuid("id"), row.uuid("task"), row.findUuid("team")),
                        Digests.of(code == null ? "" : code.strip()))
                .orElseThrow(NotGood::new);
    }

    /** Counts one more who came by it, unless it is used up, expired or taken back. Inside of {@link #using}. */
    public void spend(Code code) {
        int spent = database.change("""
                update invitation set uses = uses + 1
                where id = ? and uses < uses_max and revoked is null and expires > ?
                """, code.invitation(), clock.instant());
        if (spent == 0) throw new NotGood();
    }

    /** The code is none for this. */
    public static RuntimeException notGood() {
        return new NotGood();
    }

    private static final class NotGood extends RuntimeException {
        NotGood() {
            super("not good", null, false, false);
        }
    }

    private static Refusal refusal() {
        return Refusal.of(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "invitation",
                "This code is not good",
                "The code is wrong, used up, expired or taken back. Ask for a new one.");
    }
}
