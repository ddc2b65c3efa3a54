package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile.Input;

/**
 * Applies the steps of a strategy to a batch, from top to bottom. Images are float32 [place, channel, row, column] in 0 to 1,
 * and so they are after each operation. Each place draws for itself from (seed, epoch, sample, copy, step).
 */
public final class Augmentation {

    private final List<Step> steps;
    private final long seed;
    private final Operations operations;
    private final Mixes mixes;

    /** @param manager of the run: keeps what every batch reads */
    public Augmentation(List<Step> steps, Input input, long seed, NDManager manager) {
        this.steps = List.copyOf(steps);
        this.seed = seed;
        Pixels pixels = new Pixels(input, manager);
        this.operations = new Operations(this.steps, pixels, manager);
        this.mixes = new Mixes(pixels);
    }

    /** Whether a step's condition holds for a sample in this epoch. */
    public interface Conditions {
        boolean holds(int step, int sample);
    }

    /** The augmented batch, attached to the manager of {@code images}, which are used up. */
    public Augmented apply(NDArray images, List<Place> places, int epoch, Conditions conditions) {
        NDArray result = images;
        List<Mixing> mixings = new ArrayList<>();
        for (int s = 0; s < steps.size(); s++) {
            Step step = steps.get(s);
            Draws[] draws = new Draws[places.size()];
            boolean[] active = new boolean[places.size()];
            for (int b = 0; b < draws.length; b++) {
                draws[b] = new Draws(seed, epoch, places.get(b), s, 0);
                active[b] =
                        conditions.holds(s, places.get(b).sample()) && draws[b].uniform(Draws.CHANCE) < step.chance();
            }
            switch (step.action()) {
                case Action.Apply apply
                when apply.operation().mixes() -> result = mixes.mixed(result, apply, active, draws, mixings);
                case Action.Apply apply -> result = change(result, apply, b -> active[b], draws);
                case Action.SomeOf some -> result = changeBySome(result, some, active, draws);
            }
        }
        return new Augmented(result, mixings);
    }

    private NDArray changeBySome(NDArray images, Action.SomeOf some, boolean[] active, Draws[] draws) {
        int options = some.options().size();
        boolean[][] chosen = new boolean[draws.length][options];
        for (int b = 0; b < chosen.length; b++) {
            if (active[b]) chosen[b] = draws[b].choose(some.count(), options);
        }
        NDArray result = images;
        for (int option = 0; option < options; option++) {
            int o = option;
            Draws[] ofOption = new Draws[draws.length];
            for (int b = 0; b < draws.length; b++) ofOption[b] = draws[b].of(o);
            result = change(result, some.options().get(o), b -> chosen[b][o], ofOption);
        }
        return result;
    }

    /** The operation sees only the places it is for, so that it changes no bit of the others and costs nothing for them. */
    private NDArray change(NDArray images, Action.Apply action, IntPredicate isActive, Draws[] draws) {
        int[] active = IntStream.range(0, draws.length).filter(isActive).toArray();
        int atOnce = operations.places(action.operation());
        if (active.length == draws.length && active.length <= atOnce) return changeAll(images, action, draws);
        for (int from = 0; from < active.length; from += atOnce) {
            int[] part = Arrays.copyOfRange(active, from, Math.min(active.length, from + atOnce));
            changeSome(images, action, part, draws);
        }
        return images;
    }

    private NDArray changeAll(NDArray images, Action.Apply action, Draws[] draws) {
        NDManager manager = images.getManager();
        try (NDManager between = manager.newSubManager()) {
            images.attach(between);
            NDArray changed = operations.changed(images, action, draws);
            changed.attach(manager);
            return changed;
        }
    }

    /** In place. */
    private void changeSome(NDArray images, Action.Apply action, int[] places, Draws[] draws) {
        try (NDManager between = images.getManager().newSubManager()) {
            NDIndex index = new NDIndex(
                    "{}", between.create(IntStream.of(places).asLongStream().toArray()));
            NDArray some = images.get(index);
            some.attach(between);
            Draws[] theirs = IntStream.of(places).mapToObj(b -> draws[b]).toArray(Draws[]::new);
            images.set(index, operations.changed(some, action, theirs));
        }
    }
}
