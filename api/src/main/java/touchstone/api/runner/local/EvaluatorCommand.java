package touchstone.api.runner.local;

import java.nio.file.Path;
import java.util.List;

/** The command line that starts the evaluator, without the evaluator's own arguments. */
@FunctionalInterface
public interface EvaluatorCommand {

    /** @param temporary a folder for temporary files, removed with the job */
    List<String> words(Path temporary);
}
