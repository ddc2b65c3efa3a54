package touchstone.api.runner.local;

import java.util.List;

/**
 * The command line that starts the evaluator, without its arguments.
 *
 * @param words such as {@code java -cp … touchstone.evaluator.job.Main}
 */
public record EvaluatorCommand(List<String> words) {
    public EvaluatorCommand {
        words = List.copyOf(words);
    }
}
