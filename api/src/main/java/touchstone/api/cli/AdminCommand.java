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
import touchstone.api.http.Refusal;

/** Accounts that nobody can make for themselves. */
@Command(
        name = "admin",
        description = "Accounts that nobody can make for themselves.",
        subcommands = {AdminCommand.Create.class})
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
                Account account = context.getBean(Accounts.class).create(name, readPassword(), null, role, true);
                System.out.println("Made " + account.name() + ", who may create tasks"
                        + (organizer ? "." : " and is an administrator."));
                return 0;
            } catch (Refusal e) {
                throw new Refused(String.valueOf(e.getMessage()));
            }
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
}
