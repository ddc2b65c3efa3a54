package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Role;
import touchstone.api.app.Refused;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.judging.HeldRuns;
import touchstone.api.leaderboard.BoardSnapshots;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskPause;

/** What only an operator does: accounts that nobody can make for themselves, and ways out of a fault. */
@Command(
        name = "admin",
        description = "Makes accounts that nobody can make for themselves, and sets going again what waits on us.",
        subcommands = {
            AdminCommand.Create.class,
            AdminCommand.Retry.class,
            AdminCommand.Open.class,
            AdminCommand.BoardVerify.class
        })
final class AdminCommand {

    /** Makes an administrator or an organizer. */
    @Command(
            name = "create",
            description = "Makes an administrator, or with --organizer one who may only create tasks.")
    static final class Create implements Callable<Integer> {
        @Mixin
        private DataOptions data = new DataOptions();

        @Option(names = "--name", required = true)
        private String name = "";

        @Option(names = "--organizer", description = "May create tasks, but is no administrator.")
        private boolean organizer;

        @Override
        public Integer call() throws Exception {
            try (ApplicationContext context = Opened.production(data.options())) {
                Role role = organizer ? Role.CONTESTANT : Role.ADMINISTRATOR;
                Account account = create(context, readPassword(), role);
                System.out.println("Made " + account.name() + ", who may create tasks"
                        + (organizer ? "." : " and is an administrator."));
                return 0;
            } catch (Refusal e) {
                throw new Refused(String.valueOf(e.getMessage()));
            }
        }

        private Account create(ApplicationContext context, String password, Role role) {
            return context.getBean(Database.class).transaction(() -> {
                Account made = context.getBean(Accounts.class).create(name, password, null, role, true);
                context.getBean(Audit.class)
                        .record(
                                null,
                                "account.create",
                                made.name(),
                                organizer ? "may create tasks" : "administrator, may create tasks");
                return made;
            });
        }

        private static String readPassword() throws IOException {
            Console console = System.console();
            if (console != null && console.isTerminal()) {
                char[] typed = console.readPassword("Password: ");
                return typed == null ? "" : new String(typed);
            }
            @Nullable
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line;
        }
    }

    /** Runs held after a fault go back into the queue. */
    @Command(
            name = "retry",
            description = "Puts every run that is held after a fault of ours back into the queue. On H2 stop the server"
                    + " first; on PostgreSQL it may run.")
    static final class Retry implements Callable<Integer> {
        @Mixin
        private DataOptions data = new DataOptions();

        @Override
        public Integer call() throws Exception {
            try (ApplicationContext context = Opened.production(data.options())) {
                int runs = context.getBean(Database.class).transaction(() -> {
                    int freed = context.getBean(HeldRuns.class).retryAll();
                    if (freed > 0)
                        context.getBean(Audit.class).record(null, "run.requeue", "every held run", freed + " runs");
                    return freed;
                });
                System.out.println("Put " + runs + (runs == 1 ? " run" : " runs") + " back into the queue.");
                return 0;
            }
        }
    }

    /** A paused task takes submissions and judges again. */
    @Command(
            name = "open",
            description = "Opens a task that is paused. On H2 stop the server first; on PostgreSQL it may run.")
    static final class Open implements Callable<Integer> {
        @Mixin
        private DataOptions data = new DataOptions();

        @Option(names = "--task", required = true, paramLabel = "NAME", description = "The task's name in its address.")
        private String task = "";

        @Override
        public Integer call() throws Exception {
            try (ApplicationContext context = Opened.production(data.options())) {
                switch (context.getBean(TaskPause.class).open(task)) {
                    case TaskPause.Outcome.Opened _ -> System.out.println("The task \"" + task + "\" is open again.");
                    case TaskPause.Outcome.Unknown _ ->
                        throw new Refused("There is no task \"" + task
                                + "\". Write the name as it stands in the task's address.");
                    case TaskPause.Outcome.NotPaused other ->
                        throw new Refused("The task \"" + task + "\" is not paused but " + other.state()
                                + "; nothing was changed.");
                }
                return 0;
            }
        }
    }

    /** Boards of the past come out as they were shown. */
    @Command(
            name = "board-verify",
            description =
                    "Computes every board that a task has shown again from what is recorded, and compares. On H2 stop"
                            + " the server first; on PostgreSQL it may run.")
    static final class BoardVerify implements Callable<Integer> {
        @Mixin
        private DataOptions data = new DataOptions();

        @Option(names = "--task", required = true, paramLabel = "NAME", description = "The task's name in its address.")
        private String task = "";

        @Override
        public Integer call() throws Exception {
            try (ApplicationContext context = Opened.production(data.options())) {
                BoardSnapshots.Verified verified = context.getBean(BoardSnapshots.class)
                        .verify(task)
                        .orElseThrow(() -> new Refused("There is no task \"" + task
                                + "\". Write the name as it stands in the task's address."));
                verified.different().forEach(System.err::println);
                System.out.println(
                        verified.different().isEmpty()
                                ? "All " + verified.boards() + " boards come out as they were shown."
                                : "The record does not agree with what was shown.");
                return verified.different().isEmpty() ? 0 : 1;
            }
        }
    }
}
