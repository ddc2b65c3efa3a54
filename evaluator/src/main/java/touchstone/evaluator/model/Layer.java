package touchstone.evaluator.model;

/** One layer of a network; its weights are named by its position. */
public sealed interface Layer {

    /** Square kernel, no bias: a batch norm follows. */
    record Convolution(int in, int out, int kernel, int stride, int padding) implements Layer {}

    /** Over channels; also after a linear layer. */
    record BatchNorm(int channels) implements Layer {}

    record Relu() implements Layer {}

    record Flatten() implements Layer {}

    record Linear(int in, int out) implements Layer {}
}
