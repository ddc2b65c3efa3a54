package touchstone.evaluator.job;

import picocli.CommandLine.Command;

@Command(
        name = "task",
        description = "What organizers do with tasks.",
        subcommands = {TaskMakeCommand.class, TaskCheckCommand.class})
final class TaskCommand {}
