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
 * @param trainingDigest SHA-256 (hex) over everything that is frozen but the hidden test: where two tasks have the same, the same
 *     strategy and seed come to the same weights
 * @param datasheet Markdown, as the organizer wrote it
 * @param duplicates for the organizer alone: contestants must not learn what the hidden test holds
 */
public record Publication(
        @Nullable String digest,
        @Nullable String trainingDigest,
        @Nullable TaskFile task,
        TaskFile.@Nullable Counts counts,
        @Nullable String initialWeights,
        @Nullable String datasheet,
        @Nullable Duplicates duplicates,
        List<Problem> problems) {
    public Publication {
        problems = List.copyOf(problems);
    }

    /**
     * Samples of the hidden test that a public part holds too.
     *
     * @param hidden samples of the hidden test
     * @param nearSearched how many of them were looked for as near twins too; the rest would take too long
     */
    public record Duplicates(int hidden, int nearSearched, Twins train, Twins validation) {
        /** Share of the hidden test that has a twin in the training set, 0 to 1. */
        public double trainShare() {
            return hidden == 0 ? 0 : (double) (train.exact() + train.near()) / hidden;
        }
    }

    /**
     * @param exact hidden samples that equal one of this part, pixel for pixel
     * @param near hidden samples that only nearly equal one: their difference hashes differ in at most 4 of 64 bits
     * @param ids of this part's samples that are such twins, the first 100
     */
    public record Twins(int exact, int near, List<String> ids) {
        public Twins {
            ids = List.copyOf(ids);
        }
    }
}
