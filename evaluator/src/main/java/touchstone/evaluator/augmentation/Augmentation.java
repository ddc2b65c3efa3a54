package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import touchstone.evaluator.strategy.Randomness;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile.Input;

/**
 * Applies the steps of a strategy to a batch, from top to bottom. Images are float32 [place, channel, row, column] in 0 to 1,
 * clamped after each operation. Each place draws for itself from (seed, epoch, sample, copy, step).
 */
public final class Augmentation {

    private static final int CHANCE = 0;
    private static final int CHOICE = 1;
    private static final int FIRST = 2;
    private static final int SECOND = 3;

    private final List<Step> steps;
    private final Input input;
    private final long seed;

    public Augmentation(List<Step> steps, Input input, long seed) {
        this.steps = List.copyOf(steps);
        this.input = input;
        this.seed = seed;
    }

    /** Whether a step's condition holds for a sample in this epoch. */
    public interface Conditions {
        boolean holds(int step, int sample);
    }

    /** The augmented batch, attached to the images' manager. */
    public NDArray apply(NDArray images, List<Place> places, int epoch, Conditions conditions) {
        NDArray result = images;
        for (int s = 0; s < steps.size(); s++) {
            Step step = steps.get(s);
            Draws[] draws = new Draws[places.size()];
            boolean[] active = new boolean[places.size()];
            for (int b = 0; b < draws.length; b++) {
                draws[b] = new Draws(seed, epoch, places.get(b), s);
                active[b] = draws[b].uniform(CHANCE) < step.chance()
                        && conditions.holds(s, places.get(b).sample());
            }
            switch (step.action()) {
                case Action.Apply apply -> result = apply(result, apply, active, draws);
                case Action.OneOf oneOf -> {
                    for (int option = 0; option < oneOf.options().size(); option++) {
                        boolean[] chosen = active.clone();
                        for (int b = 0; b < chosen.length; b++) {
                            int choice = (int)
                                    (draws[b].uniform(CHOICE) * oneOf.options().size());
                            chosen[b] &= choice == option;
                        }
                        result = apply(result, oneOf.options().get(option), chosen, draws);
                    }
                }
            }
        }
        return result;
    }

    private record Draws(long seed, int epoch, Place place, int step) {
        double uniform(int purpose) {
            return Randomness.uniform(Randomness.hash(seed, epoch, place.key(), place.copy(), step, purpose));
        }
    }

    private NDArray apply(NDArray images, Action.Apply action, boolean[] active, Draws[] draws) {
        if (!any(active)) return images;
        return switch (action.operation()) {
            case FLIP -> flip(images, action.from() == 0, active);
            case TRANSLATE -> translate(images, (int) action.from(), active, draws);
            case GAMMA -> chosen(active, images.pow(amounts(images, action, active, draws)), images);
            case BRIGHTNESS ->
                images.mul(amounts(images, action, active, draws)).clip(0, 1);
            case CONTRAST -> {
                NDArray mean = mean(images);
                NDArray stretched = images.sub(mean)
                        .mul(amounts(images, action, active, draws))
                        .add(mean)
                        .clip(0, 1);
                yield chosen(active, stretched, images);
            }
            case CUTOUT -> cutout(images, (int) action.from(), active, draws);
        };
    }

    /** [place, 1, 1, 1]; the engine takes a mean along one axis only. */
    private static NDArray mean(NDArray images) {
        long places = images.getShape().get(0);
        return images.reshape(places, -1).mean(new int[] {1}, true).reshape(places, 1, 1, 1);
    }

    /** The changed image where the step applies, else the very bits that were there, whatever others in the batch do. */
    private static NDArray chosen(boolean[] active, NDArray changed, NDArray images) {
        NDArray mask = images.getManager().create(active, new Shape(active.length, 1, 1, 1));
        return NDArrays.where(mask.broadcast(images.getShape()), changed, images);
    }

    private static boolean any(boolean[] active) {
        for (boolean one : active) if (one) return true;
        return false;
    }

    /** [place, 1, 1, 1]: what each place drew, and 1, which changes nothing, where the step does not apply. */
    private static NDArray amounts(NDArray images, Action.Apply action, boolean[] active, Draws[] draws) {
        float[] values = new float[active.length];
        for (int b = 0; b < values.length; b++) {
            double drawn = action.from() + (action.to() - action.from()) * draws[b].uniform(FIRST);
            values[b] = active[b] ? (float) drawn : 1;
        }
        return images.getManager().create(values, new Shape(values.length, 1, 1, 1));
    }

    private NDArray flip(NDArray images, boolean horizontal, boolean[] active) {
        return rearrange(
                images,
                active,
                (b, y, x) -> horizontal
                        ? y * input.width() + input.width() - 1 - x
                        : (input.height() - 1 - y) * input.width() + x);
    }

    /** Shifts by whole pixels; what comes in repeats the border. */
    private NDArray translate(NDArray images, int most, boolean[] active, Draws[] draws) {
        int[] down = new int[draws.length];
        int[] right = new int[draws.length];
        for (int b = 0; b < draws.length; b++) {
            down[b] = (int) Math.floor(draws[b].uniform(FIRST) * (2 * most + 1)) - most;
            right[b] = (int) Math.floor(draws[b].uniform(SECOND) * (2 * most + 1)) - most;
        }
        return rearrange(
                images,
                active,
                (b, y, x) -> Math.clamp(y - down[b], 0, input.height() - 1) * input.width()
                        + Math.clamp(x - right[b], 0, input.width() - 1));
    }

    private interface Source {
        int of(int place, int row, int column);
    }

    /** Each pixel taken from another of the same image: one gather for the whole batch. */
    private NDArray rearrange(NDArray images, boolean[] active, Source source) {
        int area = input.height() * input.width();
        long[] index = new long[active.length * area];
        for (int b = 0; b < active.length; b++) {
            for (int i = 0; i < area; i++) {
                index[b * area + i] = active[b] ? source.of(b, i / input.width(), i % input.width()) : i;
            }
        }
        NDManager manager = images.getManager();
        NDArray gather =
                manager.create(index, new Shape(active.length, 1, area)).repeat(1, input.channels());
        return images.reshape(active.length, input.channels(), area)
                .gather(gather, 2)
                .reshape(images.getShape());
    }

    /** The square may reach over the border, so that every pixel is covered equally often. */
    private NDArray cutout(NDArray images, int side, boolean[] active, Draws[] draws) {
        int height = input.height();
        int width = input.width();
        float[] kept = new float[active.length * height * width];
        Arrays.fill(kept, 1);
        for (int b = 0; b < active.length; b++) {
            if (!active[b]) continue;
            int top = (int) (draws[b].uniform(FIRST) * height) - side / 2;
            int left = (int) (draws[b].uniform(SECOND) * width) - side / 2;
            for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
                int row = (b * height + y) * width;
                Arrays.fill(kept, row + Math.max(0, left), row + Math.clamp(left + side, 0, width), 0);
            }
        }
        NDArray mask = images.getManager().create(kept, new Shape(active.length, 1, height, width));
        NDArray mean = mean(images);
        return images.mul(mask).add(mean.mul(mask.sub(1).neg()));
    }
}
