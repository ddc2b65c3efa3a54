package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile.Input;

/**
 * Applies the steps of a strategy to a batch, from top to bottom. Images are float32 [place, channel, row, column] in 0 to 1,
 * clamped after each operation. Each place draws for itself from (seed, epoch, sample, copy, step).
 */
public final class Augmentation {

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
    public Augmented apply(NDArray images, List<Place> places, int epoch, Conditions conditions) {
        NDArray result = images;
        List<Mixing> mixings = new ArrayList<>();
        for (int s = 0; s < steps.size(); s++) {
            Step step = steps.get(s);
            Draws[] draws = new Draws[places.size()];
            boolean[] active = new boolean[places.size()];
            for (int b = 0; b < draws.length; b++) {
                draws[b] = new Draws(seed, epoch, places.get(b), s);
                active[b] = draws[b].uniform(Draws.CHANCE) < step.chance()
                        && conditions.holds(s, places.get(b).sample());
            }
            switch (step.action()) {
                case Action.Apply apply
                when apply.operation().mixes() -> {
                    if (any(active)) result = mix(result, apply, active, draws, mixings);
                }
                case Action.Apply apply -> result = apply(result, apply, active, draws);
                case Action.OneOf oneOf -> {
                    for (int option = 0; option < oneOf.options().size(); option++) {
                        boolean[] chosen = active.clone();
                        for (int b = 0; b < chosen.length; b++) {
                            int choice = (int) (draws[b].uniform(Draws.CHOICE)
                                    * oneOf.options().size());
                            chosen[b] &= choice == option;
                        }
                        result = apply(result, oneOf.options().get(option), chosen, draws);
                    }
                }
            }
        }
        return new Augmented(result, mixings);
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
            case MIXUP, CUTMIX -> throw new IllegalStateException(action.operation() + " needs the whole batch");
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
            double drawn = action.from() + (action.to() - action.from()) * draws[b].uniform(Draws.FIRST);
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
            down[b] = (int) Math.floor(draws[b].uniform(Draws.FIRST) * (2 * most + 1)) - most;
            right[b] = (int) Math.floor(draws[b].uniform(Draws.SECOND) * (2 * most + 1)) - most;
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
        Box[] boxes = new Box[active.length];
        for (int b = 0; b < boxes.length; b++) {
            if (active[b]) boxes[b] = box(draws[b], side, side);
        }
        NDArray kept = kept(boxes, images.getManager());
        return images.mul(kept).add(mean(images).mul(kept.sub(1).neg()));
    }

    /** Rows and columns from the first to before the last, cut at the border. */
    private record Box(int top, int bottom, int left, int right) {
        int area() {
            return (bottom - top) * (right - left);
        }
    }

    /** Its middle is drawn evenly from all pixels. */
    private Box box(Draws draws, int height, int width) {
        int top = (int) (draws.uniform(Draws.FIRST) * input.height()) - height / 2;
        int left = (int) (draws.uniform(Draws.SECOND) * input.width()) - width / 2;
        return new Box(
                Math.max(0, top),
                Math.min(input.height(), top + height),
                Math.max(0, left),
                Math.min(input.width(), left + width));
    }

    /** [place, 1, row, column]: 0 inside the place's box, else 1. */
    private NDArray kept(@Nullable Box[] boxes, NDManager manager) {
        int height = input.height();
        int width = input.width();
        float[] kept = new float[boxes.length * height * width];
        Arrays.fill(kept, 1);
        for (int b = 0; b < boxes.length; b++) {
            Box box = boxes[b];
            if (box == null) continue;
            for (int y = box.top(); y < box.bottom(); y++) {
                int row = (b * height + y) * width;
                Arrays.fill(kept, row + box.left(), row + box.right(), 0);
            }
        }
        return manager.create(kept, new Shape(boxes.length, 1, height, width));
    }

    private NDArray mix(NDArray images, Action.Apply action, boolean[] active, Draws[] draws, List<Mixing> mixings) {
        int[] partner = partners(draws);
        float[] own = new float[active.length];
        Box[] boxes = new Box[active.length];
        Arrays.fill(own, 1);
        for (int b = 0; b < own.length; b++) {
            if (!active[b]) continue;
            double a = draws[b].between(action.from(), action.to(), Draws.THIRD);
            double share = Beta.draw(a, draws[b].hash(Draws.SHARE));
            if (action.operation() == Operation.CUTMIX) {
                double side = Math.sqrt(1 - share);
                boxes[b] = box(draws[b], (int) (input.height() * side), (int) (input.width() * side));
                share = 1 - boxes[b].area() / (double) (input.height() * input.width());
            }
            own[b] = (float) share;
        }
        NDManager manager = images.getManager();
        NDArray others =
                images.get(manager.create(Arrays.stream(partner).asLongStream().toArray()));
        NDArray kept = action.operation() == Operation.CUTMIX
                ? kept(boxes, manager)
                : manager.create(own, new Shape(own.length, 1, 1, 1));
        mixings.add(new Mixing(partner, own));
        return images.mul(kept).add(others.mul(kept.sub(1).neg()));
    }

    /** All places in the order of their hashes form one ring; the partner is the next. */
    private static int[] partners(Draws[] draws) {
        long[] hashes =
                Arrays.stream(draws).mapToLong(draw -> draw.hash(Draws.PARTNER)).toArray();
        List<Integer> ring = IntStream.range(0, draws.length)
                .boxed()
                .sorted(Comparator.comparingLong(b -> hashes[b]))
                .toList();
        int[] partner = new int[draws.length];
        for (int i = 0; i < partner.length; i++) partner[ring.get(i)] = ring.get((i + 1) % partner.length);
        return partner;
    }
}
