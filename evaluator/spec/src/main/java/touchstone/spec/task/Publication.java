package touchstone.spec.task;

import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.Problem;

/**
 * What the evaluator's {@code publish} command found and made: on success {@code problems} is empty and three archives lie
 * in its output folder: {@code task.zip} (base set, validation set, initial weights: what {@code train} needs), {@code
 * hidden.zip} (the hidden test: what {@code score} needs besides) and {@code public.zip} (what contestants download).
 *
 * @param digest the task digest: SHA-256 (hex) over everything that is frozen
 * @param datasheet Markdown, as the organizer wrote it
 */
public record Publication(
        @Nullable String digest,
        @Nullable TaskFile task,
        TaskFile.@Nullable Counts counts,
        @Nullable String initialWeights,
        @Nullable String datasheet,
        List<Problem> problems) {
    public Publication {
        problems = List.copyOf(problems);
    }
}
