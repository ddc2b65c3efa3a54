package touchstone.api.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The server's commands. */
@Command(
        name = "touchstone",
        mixinStandardHelpOptions = true,
        subcommands = {ServeCommand.class},
        description = "Judges training data: the server and what an operator does with it.")
public final class Main {

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
