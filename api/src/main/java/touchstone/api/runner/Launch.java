package touchstone.api.runner;

import java.util.List;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/**
 * All that a runner needs to start a job.
 *
 * @param commands one after the other; a command is started only when the one before ended well
 * @param device what the recipe demands of the machine
 * @param urgent before others, where the runner knows such a thing: a final
 * @param failedOn machines where earlier attempts of the run failed; it must go elsewhere
 */
public record Launch(
        JobName job, List<Command> commands, TaskFile.Device device, boolean urgent, List<String> failedOn) {
    public Launch {
        commands = List.copyOf(commands);
        failedOn = List.copyOf(failedOn);
        if (commands.isEmpty()) throw new IllegalArgumentException("a launch needs at least one command");
    }

    /** @param token lets the command in at the job endpoints, for this purpose alone */
    public record Command(Purpose purpose, String token) {
        @Override
        public String toString() {
            return "Command[" + purpose + "]";
        }
    }
}
