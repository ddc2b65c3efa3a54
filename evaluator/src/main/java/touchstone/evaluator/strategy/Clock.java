package touchstone.evaluator.strategy;

import org.jspecify.annotations.Nullable;

/** The names that tell how far training is. @param epoch counted from 1 */
public record Clock(int epoch, int epochs) {

    /** One value for all samples, or null for a name of another kind. */
    public double @Nullable [] find(String name) {
        return switch (name) {
            case "epoch" -> new double[] {epoch};
            case "epochs" -> new double[] {epochs};
            case "progress" -> new double[] {epochs == 1 ? 0 : (epoch - 1) / (double) (epochs - 1)};
            default -> null;
        };
    }
}
