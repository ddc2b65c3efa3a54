package touchstone.evaluator.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskFile.Model;

final class ArchitectureTest {

    private static NumericEngine engine;

    @BeforeAll
    static void start() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
    }

    /**
     * Counted by hand: a convolution has in x out x kernel^2 weights, a batch norm two a channel, a linear layer (in + 1) x out.
     * ResNet-18 is the number that the literature gives for ten classes of small colour images; the stage of ResNet-50 has
     * 215,808, its stem 9,536 and the head 2,570.
     */
    @ParameterizedTest
    @CsvSource({
        "mlp, 32, 1, 16, 4, 8420",
        "small-cnn, 16, 1, 32, 10, 156154",
        "resnet9, 16, 3, 32, 10, 412954",
        "resnet18, 64, 3, 32, 10, 11173962",
        "resnet50-cut, 64, 3, 64, 10, 227914"
    })
    void hasAsManyWeightsAsOneCounts(String name, int width, int channels, int side, int classes, long expected) {
        List<Layer> layers = Architecture.layers(new Model(name, width), new Input(channels, side, side), classes);
        assertEquals(expected, Architecture.parameters(layers));
        assertEquals(
                expected,
                Weights.initial(layers, 1).tensors().values().stream()
                        .filter(Weights.Tensor::trained)
                        .mapToLong(tensor -> tensor.values().length)
                        .sum());
    }

    @ParameterizedTest
    @CsvSource({
        "mlp, 8, 8",
        "small-cnn, 8, 8",
        "small-cnn, 9, 31",
        "resnet9, 8, 8",
        "resnet9, 9, 8",
        "resnet9, 15, 17",
        "resnet9, 32, 32",
        "resnet18, 8, 8",
        "resnet18, 9, 8",
        "resnet18, 15, 17",
        "resnet18, 32, 32",
        "resnet50-cut, 8, 8",
        "resnet50-cut, 9, 8",
        "resnet50-cut, 15, 17",
        "resnet50-cut, 32, 32"
    })
    void everyWeightLearnsFromImagesOfEverySize(String name, int height, int width) {
        int channels = name.equals("resnet18") ? 8 : 2;
        List<Layer> layers = Architecture.layers(new Model(name, channels), new Input(3, height, width), 5);
        Weights weights = Weights.initial(layers, 3);
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(layers, weights, manager, true);
            JniUtils.setGradMode(true);
            NDArray logits = network.forward(images(manager, height, width), true);
            assertArrayEquals(new long[] {4, 5}, logits.getShape().getShape());
            NDArray loss = logits.logSoftmax(1).get(":, 1").sum();
            JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.create(1f), false, false);
            JniUtils.setGradMode(false);
            weights.tensors().forEach((array, tensor) -> {
                if (!tensor.trained()) return;
                float[] gradient = network.arrays().get(array).getGradient().toFloatArray();
                double sum = 0;
                for (float value : gradient) sum += Math.abs(value);
                assertTrue(Double.isFinite(sum), array);
                // A shift before a batch norm is taken out again.
                if (!array.endsWith(".bias")) assertTrue(sum > 0, array + " learns nothing");
            });
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** A path that ends in a batch norm of scale and shift 0 adds nothing: what is left is the shortcut. */
    @Test
    void aResidualLayerAddsItsPathToItsShortcut() {
        List<Layer> path = List.of(new Layer.Convolution(3, 3, 3, 1, 1), new Layer.BatchNorm(3));
        List<Layer> layers = List.of(new Layer.Residual(path, List.of()), new Layer.Relu());
        Weights weights = Weights.initial(layers, 1);
        assertEquals(
                Set.of(
                        "layer0.path0.weight",
                        "layer0.path1.scale",
                        "layer0.path1.shift",
                        "layer0.path1.mean",
                        "layer0.path1.variance"),
                weights.tensors().keySet());
        weights.tensors().get("layer0.path1.scale").values()[1] = 0;
        try (NDManager manager = engine.newManager()) {
            NDArray x = images(manager, 8, 8);
            NDArray y = new Network(layers, weights, manager, false).forward(x, false);
            assertEquals(x.get(":, 1").maximum(0f), y.get(":, 1"), "its path is silent");
            assertTrue(x.get(":, 0").maximum(0f).sub(y.get(":, 0")).abs().sum().getFloat() > 1, "its path is not");
        }
    }

    @Test
    void poolingKeepsTheLargestOrTheMean() {
        try (NDManager manager = engine.newManager()) {
            NDArray x = manager.create(new float[] {1, -2, 3, 4, 9, 0, 0, 1}, new Shape(1, 2, 2, 2));
            assertArrayEquals(new float[] {4, 9}, forward(new Layer.GlobalMaxPool(), x));
            assertArrayEquals(new float[] {1.5f, 2.5f}, forward(new Layer.GlobalAveragePool(), x));
            assertArrayEquals(new float[] {4, 9}, forward(new Layer.MaxPool(2, 2, 0), x));
        }
    }

    private static float[] forward(Layer layer, NDArray x) {
        return new Network(List.of(layer), Weights.initial(List.of(layer), 0), x.getManager(), false)
                .forward(x, false)
                .toFloatArray();
    }

    private static NDArray images(NDManager manager, int height, int width) {
        Random random = new Random(5);
        float[] pixels = new float[4 * 3 * height * width];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (float) random.nextGaussian();
        return manager.create(pixels, new Shape(4, 3, height, width));
    }
}
