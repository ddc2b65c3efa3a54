package touchstone.api.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.account.Tokens;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.storage.Scratch;
import touchstone.api.submission.StrategyCheck;
import touchstone.api.submission.SubmissionIntake;
import touchstone.api.task.TaskPublication;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;
import touchstone.fixtures.Fixtures;

/** The contest to play with. Every step is skipped when it is done already, so a set-up that was cut off goes on. */
@Singleton
public final class Demo {
    /** The contest's name in addresses. */
    public static final String TASK = "roman-numerals";

    private static final String ORGANIZER = "olivia";
    private static final long ARCHIVE_BYTES_MAX = 100_000_000;
    private static final Duration TOKEN_LASTS = Duration.ofDays(365);
    private static final String PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int PASSWORD_LENGTH = 14;

    private final Accounts accounts;
    private final Tokens tokens;
    private final Tasks tasks;
    private final TaskPublication publication;
    private final StrategyCheck check;
    private final SubmissionIntake intake;
    private final Blobs blobs;
    private final Database database;
    private final DataFolder folder;
    private final ObjectMapper json;
    private final SecureRandom random;
    private final InstantSource clock;

    Demo(
            Accounts accounts,
            Tokens tokens,
            Tasks tasks,
            TaskPublication publication,
            StrategyCheck check,
            SubmissionIntake intake,
            Blobs blobs,
            Database database,
            DataFolder folder,
            ObjectMapper json,
            SecureRandom random,
            InstantSource clock) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.tasks = tasks;
        this.publication = publication;
        this.check = check;
        this.intake = intake;
        this.blobs = blobs;
        this.database = database;
        this.folder = folder;
        this.json = json;
        this.random = random;
        this.clock = clock;
    }

    /** A sign-in that is written to {@code demo-accounts.json}. */
    public record SignIn(String name, String password, String role, String token) {}

    private record Entry(String account, String strategy) {}

    private static final List<Entry> ENTRIES =
            List.of(new Entry(ORGANIZER, "baseline"), new Entry("alice", "brighten"), new Entry("bob", "small-loss"));

    public Path signInsFile() {
        return folder.root().resolve("demo-accounts.json");
    }

    /** The sign-ins, as they were written when the accounts were made. */
    public List<SignIn> signIns() throws IOException {
        return List.of(json.readValue(signInsFile().toFile(), SignIn[].class));
    }

    /** @param tell gets one sentence before each step that takes a while */
    public void setUp(Consumer<String> tell) {
        if (accounts.find(ORGANIZER).isEmpty()) database.transaction(this::createAccounts);
        if (tasks.find(TASK).isPresent() && submissions() == ENTRIES.size()) return;
        try (Scratch scratch = folder.scratch("demo")) {
            tell.accept("Drawing the Roman numerals…");
            Fixtures.writeAll(scratch.folder());
            if (tasks.find(TASK).isEmpty()) {
                tell.accept("Publishing the contest \"" + TASK + "\"…");
                publish(scratch.folder().resolve(TASK + ".zip"));
            }
            TaskVersion task = tasks.find(TASK).orElseThrow();
            for (Entry entry : ENTRIES) {
                tell.accept("Checking and submitting \"" + entry.strategy() + "\" for " + entry.account() + "…");
                submit(task, entry, scratch.folder().resolve("strategies"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The demo could not be set up", e);
        }
    }

    /** The file is written before the accounts are committed: there are never accounts whose password nobody knows. */
    private void createAccounts() {
        List<SignIn> signIns = List.of(
                create(ORGANIZER, "organizer", true),
                create("alice", "contestant", false),
                create("bob", "contestant", false));
        try {
            Files.deleteIfExists(signInsFile());
            byte[] text = json.writerWithDefaultPrettyPrinter().writeValueAsBytes(signIns);
            KeyFile.writeOwnerOnly(signInsFile(), text, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + signInsFile(), e);
        }
    }

    private SignIn create(String name, String role, boolean mayCreateTasks) {
        String password = password();
        Account account = accounts.create(name, password, null, Role.CONTESTANT, mayCreateTasks);
        Tokens.Token token = tokens.create(account.id(), "demo", TOKEN_LASTS);
        return new SignIn(name, password, role, String.valueOf(token.token()));
    }

    private String password() {
        return random.ints(PASSWORD_LENGTH, 0, PASSWORD_LETTERS.length())
                .mapToObj(PASSWORD_LETTERS::charAt)
                .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                .toString();
    }

    private int submissions() {
        return database.get("select count(*) as entries from submission", row -> row.integer("entries"));
    }

    private void publish(Path zip) throws IOException {
        try (Blobs.Incoming archive = receive(zip)) {
            publication.publish(caller(ORGANIZER).account(), archive, published -> {});
        }
    }

    private void submit(TaskVersion task, Entry entry, Path strategies) throws IOException {
        Caller caller = caller(entry.account());
        try (Blobs.Incoming archive = receive(strategies.resolve(entry.strategy() + ".zip"))) {
            String strategy =
                    String.valueOf(check.check(caller.account(), task, archive).strategy());
            intake.submit(caller, task, strategy, clock.instant(), accepted -> {});
        }
    }

    private Blobs.Incoming receive(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return blobs.receive(stream, ARCHIVE_BYTES_MAX);
        } catch (Blobs.TooLarge e) {
            throw new IOException("A fixture is larger than it should be: " + file, e);
        }
    }

    private Caller caller(String name) {
        Account account = accounts.find(name).orElseThrow();
        return new Caller(account.id(), account.name(), account.role(), account.mayCreateTasks(), "");
    }
}
