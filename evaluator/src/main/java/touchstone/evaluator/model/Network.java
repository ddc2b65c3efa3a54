package touchstone.evaluator.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers with their weights on a device. The arrays live as long as the manager they are made in; keep that open. Not
 * thread-safe.
 */
public final class Network {

    /** DJL's 0.9 is PyTorch's 0.1: the share of the running value that stays. */
    private static final float BATCH_NORM_MOMENTUM = 0.9f;

    private static final float BATCH_NORM_EPSILON = 1e-5f;

    private final List<Layer> layers;
    private final Weights like;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    /** @param trainable whether gradients will be asked for */
    public Network(List<Layer> layers, Weights weights, NDManager manager, boolean trainable) {
        this.layers = List.copyOf(layers);
        this.like = weights;
        weights.tensors().forEach((name, tensor) -> {
            long[] shape =
                    java.util.Arrays.stream(tensor.shape()).asLongStream().toArray();
            NDArray array = manager.create(tensor.values(), new Shape(shape));
            if (trainable && tensor.trained()) array.setRequiresGradient(true);
            arrays.put(name, array);
        });
    }

    /**
     * Logits [image, class] of normalized images [image, channel, row, column], attached to the images' manager.
     *
     * @param training batch norm uses the batch and updates its running values
     */
    public NDArray forward(NDArray images, boolean training) {
        NDArray x = images;
        for (int i = 0; i < layers.size(); i++) {
            String name = "layer" + i;
            x = switch (layers.get(i)) {
                case Layer.Convolution c ->
                    Conv2d.conv2d(
                                    x,
                                    array(name + ".weight"),
                                    null,
                                    new Shape(c.stride(), c.stride()),
                                    new Shape(c.padding(), c.padding()))
                            .singletonOrThrow();
                case Layer.BatchNorm b ->
                    BatchNorm.batchNorm(
                                    x,
                                    array(name + ".mean"),
                                    array(name + ".variance"),
                                    array(name + ".scale"),
                                    array(name + ".shift"),
                                    1,
                                    BATCH_NORM_MOMENTUM,
                                    BATCH_NORM_EPSILON,
                                    training)
                            .singletonOrThrow();
                case Layer.Relu relu -> Activation.relu(x);
                case Layer.Flatten flatten -> x.reshape(x.getShape().get(0), -1);
                case Layer.Linear linear ->
                    Linear.linear(x, array(name + ".weight"), array(name + ".bias"))
                            .singletonOrThrow();
            };
        }
        return x;
    }

    private NDArray array(String name) {
        return arrays.get(name);
    }

    /** Every array by name, in the order of the weights. */
    public Map<String, NDArray> arrays() {
        return arrays;
    }

    /** A copy of the present weights. */
    public Weights weights() {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
        return like.with(values);
    }
}
