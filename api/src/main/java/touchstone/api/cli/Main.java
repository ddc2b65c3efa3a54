package touchstone.api.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import touchstone.api.app.Refused;

/** The server's commands. */
@Command(
        name = "touchstone",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            InitCommand.class,
            AdminCommand.class,
            GcCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            SubmitCommand.class,
            StatusCommand.class,
            BoardCommand.class,
            DownloadCommand.class,
            OperatorCommand.class,
            KubernetesCommand.class,
            TaskCommand.class
        },
        description = "Judges training data: the server, and what an operator does with it.")
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof Ended ended) {
                System.err.println(ended.getMessage());
                return ended.exit();
            }
            if (!(thrown instanceof Refused || thrown instanceof IllegalArgumentException)) throw thrown;
            System.err.println(thrown.getMessage());
            return 1;
        });
        return line.execute(arguments);
    }
}
