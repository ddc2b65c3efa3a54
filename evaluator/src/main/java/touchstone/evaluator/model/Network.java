package touchstone.evaluator.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Layers with their weights on a device. The arrays live as long as the manager they are made in; keep that open. Not
 * thread-safe.
 */
public final class Network {

    /** Share of the batch in the running values; the float beside 0.1, as DJL's own layer computes it. */
    private static final double BATCH_NORM_MOMENTUM = 1f - 0.9f;

    private static final double BATCH_NORM_EPSILON = 1e-5f;
    private static final Shape NO_DILATION = new Shape(1, 1);

    private final Weights like;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final List<Step> steps;

    /** A layer with its arrays found and its shapes made: a forward pass is engine calls and nothing else. */
    private interface Step {
        PtNDArray apply(PtNDArray x, boolean training);
    }

    /** @param trainable whether gradients will be asked for */
    public Network(List<Layer> layers, Weights weights, NDManager manager, boolean trainable) {
        this.like = weights;
        weights.tensors().forEach((name, tensor) -> {
            NDArray array = onDevice(tensor, manager);
            if (trainable && tensor.trained()) array.setRequiresGradient(true);
            arrays.put(name, array);
        });
        this.steps = steps(layers, Weights.TOP);
    }

    /**
     * A kernel [out, in, row, column] lies in memory with its channels last. That alone makes the whole network compute with
     * channels last, which spares the engine's convolutions from rearranging each image on the way in and out.
     */
    private static NDArray onDevice(Weights.Tensor tensor, NDManager manager) {
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        NDArray array = manager.create(tensor.values(), new Shape(shape));
        if (shape.length != 4) return array;
        try (array;
                NDArray turned = array.transpose(0, 2, 3, 1);
                NDArray laid = manager.create(turned.toFloatArray(), turned.getShape());
                NDArray owner = laid.duplicate()) {
            // What is made from Java's memory lies there, and ends with it; a copy is the engine's own.
            return owner.transpose(0, 3, 1, 2);
        }
    }

    private List<Step> steps(List<Layer> layers, String prefix) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) steps.add(step(layers.get(i), prefix + i));
        return steps;
    }

    private Step step(Layer layer, String name) {
        return switch (layer) {
            case Layer.Convolution c -> convolution(c, array(name, Weights.WEIGHT));
            case Layer.BatchNorm norm ->
                batchNorm(
                        array(name, Weights.MEAN),
                        array(name, Weights.VARIANCE),
                        array(name, Weights.SCALE),
                        array(name, Weights.SHIFT));
            case Layer.Relu relu -> (x, training) -> JniUtils.relu(x);
            case Layer.MaxPool pool -> maxPool(pool);
            case Layer.GlobalMaxPool pool -> ofChannels(pixels -> JniUtils.max(pixels, 2, false));
            case Layer.GlobalAveragePool pool -> ofChannels(pixels -> JniUtils.mean(pixels, 2, false));
            case Layer.Flatten flatten -> (x, training) -> JniUtils.flatten(x, 1, -1);
            case Layer.Linear linear -> linear(array(name, Weights.WEIGHT), array(name, Weights.BIAS));
            case Layer.Residual residual ->
                residual(
                        steps(residual.path(), name + Weights.PATH),
                        steps(residual.shortcut(), name + Weights.SHORTCUT));
        };
    }

    private static Step convolution(Layer.Convolution c, PtNDArray weight) {
        Shape stride = new Shape(c.stride(), c.stride());
        Shape padding = new Shape(c.padding(), c.padding());
        return (x, training) -> JniUtils.convolution(x, weight, null, stride, padding, NO_DILATION, 1);
    }

    private static Step batchNorm(PtNDArray mean, PtNDArray variance, PtNDArray scale, PtNDArray shift) {
        return (x, training) ->
                JniUtils.batchNorm(x, mean, variance, scale, shift, training, BATCH_NORM_MOMENTUM, BATCH_NORM_EPSILON);
    }

    private static Step maxPool(Layer.MaxPool pool) {
        Shape kernel = new Shape(pool.kernel(), pool.kernel());
        Shape stride = new Shape(pool.stride(), pool.stride());
        Shape padding = new Shape(pool.padding(), pool.padding());
        return (x, training) -> JniUtils.maxPool(x, kernel, stride, padding, false);
    }

    private static Step linear(PtNDArray weight, PtNDArray bias) {
        return (x, training) -> JniUtils.linear(x, weight, bias);
    }

    /** @param pool of [image, channel, pixel] over the pixels */
    private static Step ofChannels(UnaryOperator<PtNDArray> pool) {
        return (x, training) -> pool.apply(JniUtils.flatten(x, 2, -1));
    }

    private static Step residual(List<Step> path, List<Step> shortcut) {
        return (x, training) -> {
            PtNDArray one = all(path, x, training);
            PtNDArray other = all(shortcut, x, training);
            PtNDArray sum = JniUtils.add(one, other);
            if (!training && one != x) one.close();
            if (!training && other != x) other.close();
            return sum;
        };
    }

    /**
     * Without a backward pass, what lies between two steps is let go at once. In training that saves next to nothing, since the
     * backward pass holds most of it, and was slower: memory went back and forth.
     */
    private static PtNDArray all(List<Step> steps, PtNDArray images, boolean training) {
        PtNDArray x = images;
        for (Step step : steps) {
            PtNDArray next = step.apply(x, training);
            if (!training && x != images) x.close();
            x = next;
        }
        return x;
    }

    /**
     * Logits [image, class] of normalized images [image, channel, row, column], attached to the images' manager.
     *
     * @param training batch norm uses the batch and updates its running values
     */
    public NDArray forward(NDArray images, boolean training) {
        return all(steps, (PtNDArray) images, training);
    }

    private PtNDArray array(String name, String part) {
        return (PtNDArray) arrays.get(name + part);
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
