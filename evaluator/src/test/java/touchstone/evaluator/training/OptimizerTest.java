package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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

    private void steps(TaskFile.Optimizer.Sgd frozen) {
        List<Layer> layers = List.of(new Layer.Linear(2, 1));
        Weights initial = Weights.initial(layers, 3);
        float[] weights = initial.tensors().get("layer0.weight").values();
        double[] expected = {weights[0], weights[1], 0};
        double[] momentum = new double[3];
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(layers, initial, manager, true);
            Optimizer optimizer = new Optimizer(frozen, network, initial, engine.torch());
            for (int s = 0; s < RATES.length; s++) {
                backward(network, GRADIENTS[s], manager);
                optimizer.step(RATES[s]);
                for (int i = 0; i < 3; i++) {
                    double gradient = GRADIENTS[s][i] + (i < 2 ? frozen.weightDecay() * expected[i] : 0);
                    momentum[i] = frozen.momentum() * momentum[i] + gradient;
                    double direction = frozen.nesterov() ? gradient + frozen.momentum() * momentum[i] : momentum[i];
                    expected[i] -= RATES[s] * direction;
                }
                NDArray weight = network.arrays().get("layer0.weight");
                assertArrayEquals(new float[] {(float) expected[0], (float) expected[1]}, weight.toFloatArray(), 1e-5f);
                assertEquals(expected[2], network.arrays().get("layer0.bias").getFloat(), 1e-5);
            }
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
