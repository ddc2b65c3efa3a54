package touchstone.api.evaluation;

import org.jspecify.annotations.Nullable;

/** A command of ours failed: never the contestant's verdict. */
public final class EvaluatorFault extends RuntimeException {
    EvaluatorFault(String message, @Nullable Throwable cause) {
        super("The evaluator's command " + message, cause);
    }
}
