package touchstone.evaluator.job;

import picocli.CommandLine.Command;

@Command(
        name = "strategy",
        description = "What contestants do with strategies.",
        subcommands = {StrategyImportCommand.class})
final class StrategyCommand {}
