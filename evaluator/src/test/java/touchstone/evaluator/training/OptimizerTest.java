package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.model.Layer;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;
import touchstone.spec.task.TaskFile;

/** The fused steps against the formulas, written out. */
final class OptimizerTest {

    /** Of each step, for the two weights and the bias. */
    private static final float[][] GRADIENTS = {{1, -2, 3}, {0.5f, 0.25f, -1}, {-4, 0, 2}};

    private static final double[] RATES = {0.1, 0.05, 0.2};

    private static NumericEngine engine;

    @BeforeAll
    static void start() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
    }

    @Test
    void sgdWithNesterovMomentum() {
        steps(new TaskFile.Optimizer.Sgd(0.9, true, 0.01));
    }

    @Test
    void sgdWithPlainMomentum() {
        steps(new TaskFile.Optimizer.Sgd(0.9, false, 0));
    }

    @Test
    void sgdWithoutMomentum() {
        steps(new TaskFile.Optimizer.Sgd(0, false, 0.01));
    }

    @Test
    void adam() {
        adam(new TaskFile.Optimizer.Adam(0.9, 0.99, 1e-8, 0.01), false);
    }

    @Test
    void adamWithDecoupledDecay() {
        adam(new TaskFile.Optimizer.AdamW(0.8, 0.95, 1e-6, 0.1), true);
    }

    private void steps(TaskFile.Optimizer.Sgd sgd) {
        double[] momentum = new double[3];
        held(sgd, (step, i, weight) -> {
            double gradient = GRADIENTS[step][i] + (i < 2 ? sgd.weightDecay() * weight : 0);
            momentum[i] = sgd.momentum() * momentum[i] + gradient;
            double direction = sgd.nesterov() ? gradient + sgd.momentum() * momentum[i] : momentum[i];
            return weight - RATES[step] * direction;
        });
    }

    /** Algorithm 1 of Kingma and Ba (2015); with decoupled decay Algorithm 2 of Loshchilov and Hutter (2019), rate times decay. */
    private void adam(TaskFile.Optimizer frozen, boolean decoupled) {
        double[] numbers =
                switch (frozen) {
                    case TaskFile.Optimizer.Adam a -> new double[] {a.beta1(), a.beta2(), a.epsilon()};
                    case TaskFile.Optimizer.AdamW a -> new double[] {a.beta1(), a.beta2(), a.epsilon()};
                    case TaskFile.Optimizer.Sgd sgd -> throw new IllegalArgumentException();
                };
        double[] mean = new double[3];
        double[] square = new double[3];
        held(frozen, (step, i, weight) -> {
            double decay = i < 2 ? frozen.weightDecay() : 0;
            double gradient = GRADIENTS[step][i] + (decoupled ? 0 : decay * weight);
            mean[i] = numbers[0] * mean[i] + (1 - numbers[0]) * gradient;
            square[i] = numbers[1] * square[i] + (1 - numbers[1]) * gradient * gradient;
            double corrected = mean[i] / (1 - Math.pow(numbers[0], step + 1));
            double deviation = Math.sqrt(square[i] / (1 - Math.pow(numbers[1], step + 1)));
            double shrunk = decoupled ? weight * (1 - RATES[step] * decay) : weight;
            return shrunk - RATES[step] * corrected / (deviation + numbers[2]);
        });
    }

    private interface Formula {
        /** The weight after a step, counted from 0. */
        double next(int step, int i, double weight);
    }

    private void held(TaskFile.Optimizer frozen, Formula formula) {
        List<Layer> layers = List.of(new Layer.Linear(2, 1));
        Weights initial = Weights.initial(layers, 3);
        float[] weights = initial.tensors().get("layer0.weight").values();
        double[] expected = {weights[0], weights[1], 0};
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(layers, initial, manager, true);
            Optimizer optimizer = new Optimizer(frozen, network, initial, engine.torch());
            for (int s = 0; s < RATES.length; s++) {
                backward(network, GRADIENTS[s], manager);
                optimizer.step(RATES[s]);
                for (int i = 0; i < 3; i++) expected[i] = formula.next(s, i, expected[i]);
                NDArray weight = network.arrays().get("layer0.weight");
                assertArrayEquals(new float[] {(float) expected[0], (float) expected[1]}, weight.toFloatArray(), 1e-5f);
                assertEquals(expected[2], network.arrays().get("layer0.bias").getFloat(), 1e-5);
            }
        }
    }

    /** A kernel lies in memory in another order than its gradient is made in. */
    @Test
    void kernelsMeetTheirOwnGradients() {
        List<Layer> layers = List.of(new Layer.Convolution(2, 3, 3, 1, 1), new Layer.BatchNorm(3));
        Weights initial = Weights.initial(layers, 3);
        float[] kernel = initial.tensors().get("layer0.weight").values();
        float[] gradient = new float[kernel.length];
        float[] expected = new float[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
            gradient[i] = i;
            // Two steps of momentum 0.5 without weight decay: 1 + 1.5 times rate times gradient.
            expected[i] = kernel[i] - 2.5f * 0.01f * i;
        }
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(layers, initial, manager, true);
            assertEquals(initial.digest(), network.weights().digest());
            Optimizer optimizer =
                    new Optimizer(new TaskFile.Optimizer.Sgd(0.5, false, 0), network, initial, engine.torch());
            for (int s = 0; s < 2; s++) {
                JniUtils.setGradMode(true);
                NDArray loss = network.arrays()
                        .get("layer0.weight")
                        .mul(manager.create(gradient, new Shape(3, 2, 3, 3)))
                        .sum();
                for (String name : List.of("layer1.scale", "layer1.shift")) {
                    loss = loss.add(network.arrays().get(name).sum());
                }
                JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.create(1f), false, false);
                JniUtils.setGradMode(false);
                optimizer.step(0.01);
            }
            assertArrayEquals(
                    expected, network.weights().tensors().get("layer0.weight").values(), 1e-5f);
        }
    }

    @Test
    void theAverageFollowsWeightsAndRunningStatistics() {
        List<Layer> layers = List.of(new Layer.Linear(2, 1), new Layer.BatchNorm(1));
        Weights initial = Weights.initial(layers, 3);
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(layers, initial, manager, true);
            Average average = new Average(layers, initial, network, 0.75, engine.torch(), manager);
            float[] begin = initial.tensors().get("layer0.weight").values();
            network.arrays().get("layer0.weight").addi(4);
            network.arrays().get("layer1.mean").addi(8);
            average.step();
            Weights averaged = average.network().weights();
            assertArrayEquals(
                    new float[] {begin[0] + 1, begin[1] + 1},
                    averaged.tensors().get("layer0.weight").values(),
                    1e-6f);
            assertEquals(2, averaged.tensors().get("layer1.mean").values()[0], 1e-6);
            average.step();
            assertEquals(
                    3.5,
                    average.network().weights().tensors().get("layer1.mean").values()[0],
                    1e-6);
            assertEquals(begin[0] + 4, network.arrays().get("layer0.weight").toFloatArray()[0], 1e-6);
        }
    }

    /** Leaves these gradients in the weights: the loss is their product with them. */
    private static void backward(Network network, float[] gradient, NDManager manager) {
        JniUtils.setGradMode(true);
        NDArray weight = network.arrays().get("layer0.weight");
        NDArray bias = network.arrays().get("layer0.bias");
        NDArray loss = weight.mul(manager.create(new float[][] {{gradient[0], gradient[1]}}))
                .sum()
                .add(bias.mul(gradient[2]).sum());
        JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.create(1f), false, false);
        JniUtils.setGradMode(false);
    }
}
