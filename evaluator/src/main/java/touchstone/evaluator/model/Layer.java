package touchstone.evaluator.model;

import java.util.List;

/** One layer of a network; its weights are named by its position. */
public sealed interface Layer {

    /** Square kernel, no bias: a batch norm follows. */
    record Convolution(int in, int out, int kernel, int stride, int padding) implements Layer {}

    /** Over channels; also after a linear layer. */
    record BatchNorm(int channels) implements Layer {}

    record Relu() implements Layer {}

    /** Square kernel. */
    record MaxPool(int kernel, int stride, int padding) implements Layer {}

    /** The largest value of each channel: [image, channel, row, column] becomes [image, channel]. */
    record GlobalMaxPool() implements Layer {}

    /** The mean of each channel: [image, channel, row, column] becomes [image, channel]. */
    record GlobalAveragePool() implements Layer {}

    record Flatten() implements Layer {}

    record Linear(int in, int out) implements Layer {}

    /** The sum of what two ways make of the same input. @param shortcut empty = the input itself */
    record Residual(List<Layer> path, List<Layer> shortcut) implements Layer {
        public Residual {
            path = List.copyOf(path);
            shortcut = List.copyOf(shortcut);
        }
    }
}
