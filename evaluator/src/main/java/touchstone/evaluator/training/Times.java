package touchstone.evaluator.training;

import java.util.EnumMap;
import java.util.Map;

/** How long the parts of training took, on the wall's clock: read to find what is slow, never to decide anything. */
public final class Times {

    /** What a step, and an epoch around its steps, spend their time on. */
    public enum Phase {
        RULES,
        IMAGES,
        AUGMENTATION,
        TARGET,
        FORWARD,
        BACKWARD,
        OPTIMIZER,
        OBSERVATION
    }

    private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
    private long last = System.nanoTime();

    /** Begins anew: what went before belongs to no phase. */
    void start() {
        last = System.nanoTime();
    }

    /** What went since the last call belongs to {@code phase}. */
    void end(Phase phase) {
        long now = System.nanoTime();
        nanos.merge(phase, now - last, Long::sum);
        last = now;
    }

    /** So far. */
    public double seconds(Phase phase) {
        return nanos.getOrDefault(phase, 0L) / 1e9;
    }
}
