package touchstone.api.account;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;
import touchstone.api.storage.Row;

/** The accounts of this house. */
@Singleton
public final class Accounts {
    private final Database database;
    private final Passwords passwords;
    private final InstantSource clock;

    Accounts(Database database, Passwords passwords, InstantSource clock) {
        this.database = database;
        this.passwords = passwords;
        this.clock = clock;
    }

    /** Makes an account; its name must be free. Only the command line may ask for more than a contestant. */
    public Account create(String name, String password, @Nullable String email, Role role, boolean mayCreateTasks) {
        String checked = Names.check(name);
        @Nullable String address = email == null ? null : Names.checkEmail(email);
        String hash = passwords.hash(Names.checkPassword(password));
        Account account = new Account(UUID.randomUUID(), checked, role, mayCreateTasks);
        try {
            database.change(
                    """
                    insert into account (id, name, name_folded, email, email_folded, password, house_role,
                                         may_create_tasks, state, created)
                    values (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?)
                    """,
                    account.id(),
                    checked,
                    Names.folded(checked),
                    address,
                    address == null ? null : Names.folded(address),
                    hash,
                    role,
                    mayCreateTasks,
                    clock.instant());
        } catch (DatabaseFault.Duplicate e) {
            throw Refusal.conflict("taken", "Taken", "An account with this name or e-mail exists. Choose another.");
        }
        return account;
    }

    /** The account whose password this is. Takes as long for a name that does not exist. */
    Optional<Account> authenticate(String name, String password) {
        record Found(Account account, @Nullable String hash) {}
        Optional<Found> found =
                database.find("""
                select id, name, house_role, may_create_tasks, password
                from account where name_folded = ? and state = 'active'
                """, row -> new Found(read(row), row.findText("password")), Names.folded(name));
        boolean matches = passwords.matches(password, found.map(Found::hash).orElse(null));
        return matches ? found.map(Found::account) : Optional.empty();
    }

    public Optional<Account> find(String name) {
        return database.find(
                "select id, name, house_role, may_create_tasks from account where name_folded = ?",
                Accounts::read,
                Names.folded(name));
    }

    /** Whom a request names. @param name null = it named nobody */
    public Account named(@Nullable String name) {
        if (name == null) throw Refusal.badRequest("bad-request", "\"account\" is missing in the JSON body.");
        return database.find("""
                        select id, name, house_role, may_create_tasks from account
                        where name_folded = ? and state = 'active'
                        """, Accounts::read, Names.folded(name))
                .orElseThrow(() -> Refusal.of(
                        HttpStatus.UNPROCESSABLE_ENTITY,
                        "no-account",
                        "No such account",
                        "There is no account with this name. Ask for the name they sign in with."));
    }

    /** Until the transaction ends; the first lock of all. What a person becomes in a task is decided under it. */
    public void lock(UUID account) {
        database.get("select id from account where id = ? for update", row -> row.uuid("id"), account);
    }

    private static Account read(Row row) throws SQLException {
        return new Account(
                row.uuid("id"), row.text("name"), row.word("house_role", Role.class), row.flag("may_create_tasks"));
    }
}
