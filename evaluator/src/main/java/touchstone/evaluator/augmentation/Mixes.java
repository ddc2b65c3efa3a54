package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.task.TaskFile.Input;

/**
 * Operations that take part of another place's image: mixup (Zhang et al., 2018) and cutmix (Yun et al., 2019). A place keeps
 * the larger part, as in MixMatch (Berthelot et al., 2019), and is mixed once at most: mixing must not replace a sample.
 */
final class Mixes {

    private static final Box NOTHING = new Box(0, 0, 0, 0);

    private final Pixels pixels;
    private final Input input;

    Mixes(Pixels pixels) {
        this.pixels = pixels;
        this.input = pixels.input();
    }

    /** The mixed batch; {@code images} are used up, and what was done is added to {@code mixings}. */
    NDArray mixed(NDArray images, Action.Apply action, boolean[] active, Draws[] draws, List<Mixing> mixings) {
        for (Mixing before : mixings) {
            for (int b = 0; b < active.length; b++) active[b] &= before.own()[b] == 1;
        }
        if (IntStream.range(0, active.length).noneMatch(b -> active[b])) return images;
        boolean boxed = action.operation() == Operation.CUTMIX;
        Box[] boxes = new Box[active.length];
        Arrays.fill(boxes, NOTHING);
        float[] own = new float[active.length];
        Arrays.fill(own, 1);
        for (int b = 0; b < own.length; b++) {
            if (!active[b]) continue;
            double a = draws[b].between(action.from(), action.to(), Draws.THIRD);
            double drawn = Beta.draw(a, draws[b].hash(Draws.FOURTH));
            double share = Math.max(drawn, 1 - drawn);
            if (boxed) {
                double side = Math.sqrt(1 - share);
                boxes[b] = Box.around(input, (int) (input.height() * side), (int) (input.width() * side), draws[b]);
                share = 1 - boxes[b].area() / (double) (input.height() * input.width());
            }
            own[b] = (float) share;
        }
        Mixing mixing = new Mixing(partners(draws), own);
        mixings.add(mixing);
        NDManager manager = images.getManager();
        try (NDManager between = manager.newSubManager()) {
            images.attach(between);
            long[] partners = Arrays.stream(mixing.partner()).asLongStream().toArray();
            NDArray others = images.get(between.create(partners));
            NDArray mixed = boxed
                    ? NDArrays.where(
                            Box.masks(List.of(boxes), pixels, between).broadcast(images.getShape()), others, images)
                    : weighed(images, others, own);
            mixed.attach(manager);
            return mixed;
        }
    }

    private static NDArray weighed(NDArray images, NDArray others, float[] own) {
        NDArray share = images.getManager().create(own, new Shape(own.length, 1, 1, 1));
        return images.mul(share).add(others.mul(share.sub(1).neg())).clip(0, 1);
    }

    /** All places in the order of their hashes form one ring; the partner is the next. */
    private static int[] partners(Draws[] draws) {
        long[] hashes =
                Stream.of(draws).mapToLong(draw -> draw.hash(Draws.PARTNER)).toArray();
        List<Integer> ring = IntStream.range(0, draws.length)
                .boxed()
                .sorted(Comparator.comparingLong(b -> hashes[b]))
                .toList();
        int[] partner = new int[draws.length];
        for (int i = 0; i < partner.length; i++) partner[ring.get(i)] = ring.get((i + 1) % partner.length);
        return partner;
    }
}
