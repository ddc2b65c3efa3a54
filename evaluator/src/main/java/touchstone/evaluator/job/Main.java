package touchstone.evaluator.job;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import touchstone.evaluator.device.NumericEngine;

/** The evaluator's door: one command a process. */
@Command(
        name = "touchstone",
        description = "Checks strategies, trains the frozen model on them and scores it.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            CheckCommand.class,
            PreviewCommand.class,
            PublishCommand.class,
            FetchCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            CanaryCommand.class,
            EvaluateCommand.class,
            TaskCommand.class,
            StrategyCommand.class,
            BenchCommand.class,
            BenchChildCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof NumericEngine.Unfit) System.err.println(exception.getMessage());
            else exception.printStackTrace(System.err);
            return Exit.FAULT;
        });
        int status = line.execute(arguments);
        System.out.flush();
        // Threads of the numeric library must not keep a finished command alive.
        Runtime.getRuntime().halt(status);
    }
}
