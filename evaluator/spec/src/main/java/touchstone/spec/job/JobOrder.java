package touchstone.spec.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.spec.strategy.Strategy;

/**
 * The answer to {@code POST /api/runs/{run}/attempts/{n}/start}: everything one command of a job needs to know.
 *
 * @param session fences every later write of this command (header {@code Touchstone-Session}): what the process sent with
 *     its start, or else a new one
 * @param seed of this run
 * @param threads of the numeric library; part of the recipe, since it changes the bits
 * @param beatSeconds how often the server wants to hear a beat
 * @param deadlineSeconds after which the command must end itself
 * @param inputs what may be fetched at {@code GET …/inputs/{name}}: {@code task} for fetch, {@code task} and {@code strategy} for train, {@code
 *     task}, {@code weights} and {@code hidden} for score
 * @param without the part of the strategy that an ablation trains without; null = trained whole, and then not written, so
 *     that an evaluator that knows no ablation reads every other order and refuses this one
 */
public record JobOrder(
        String session,
        Purpose purpose,
        long seed,
        int threads,
        int beatSeconds,
        int deadlineSeconds,
        List<Input> inputs,
        @JsonInclude(JsonInclude.Include.NON_NULL) Strategy.@Nullable Part without) {
    public JobOrder {
        inputs = List.copyOf(inputs);
    }

    public enum Purpose {
        /** Brings the task's files to where the job will run; reads nothing of a contestant's, and nothing hidden. */
        FETCH,
        TRAIN,
        SCORE
    }

    /** @param digest SHA-256, hex; the job refuses bytes that do not match it */
    public record Input(String name, String digest, long bytes) {}
}
