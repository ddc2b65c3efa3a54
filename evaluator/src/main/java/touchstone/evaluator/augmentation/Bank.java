package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.LongToDoubleFunction;
import touchstone.evaluator.strategy.Randomness;
import touchstone.spec.task.TaskFile.Input;

/**
 * A million random numbers on the device, always the same; each place reads as many as its image has pixels, from an offset
 * of its own.
 */
final class Bank {

    private static final int OFFSETS = 1 << 20;
    private static final long KEY = 0x452821e638d01377L;

    private final NDArray numbers;
    private final NDArray positions;
    private final Input input;

    private Bank(Input input, NDManager manager, LongToDoubleFunction number) {
        this.input = input;
        float[] values = new float[OFFSETS + input.pixels()];
        for (int i = 0; i < values.length; i++) values[i] = (float) number.applyAsDouble(i);
        numbers = manager.create(values);
        long[] order = new long[input.pixels()];
        for (int i = 0; i < order.length; i++) order[i] = i;
        positions = manager.create(order, new Shape(1, order.length));
    }

    /** Of mean 0 and standard deviation 1, by Box and Muller (1958). */
    static Bank gaussian(Input input, NDManager manager) {
        return new Bank(input, manager, i -> {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(i - i % 2)));
            double angle = 2 * StrictMath.PI * uniform(i - i % 2 + 1);
            return radius * (i % 2 == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
        });
    }

    /** Evenly from [0, 1). */
    static Bank uniform(Input input, NDManager manager) {
        return new Bank(input, manager, Bank::uniform);
    }

    private static double uniform(long i) {
        return Randomness.uniform(Randomness.hash(KEY, i));
    }

    /** [place, channel, row, column], attached to {@code manager}. */
    NDArray read(Draws[] draws, NDManager manager) {
        long[] offsets = new long[draws.length];
        for (int b = 0; b < offsets.length; b++) offsets[b] = draws[b].below(OFFSETS, Draws.BANK);
        NDArray index = manager.create(offsets, new Shape(offsets.length, 1)).add(positions);
        NDArray read = numbers.get(index);
        read.attach(manager);
        return read.reshape(draws.length, input.channels(), input.height(), input.width());
    }
}
