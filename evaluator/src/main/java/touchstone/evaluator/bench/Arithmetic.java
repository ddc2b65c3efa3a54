package touchstone.evaluator.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.management.ManagementFactory;
import java.util.List;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.model.Layer;
import touchstone.spec.task.TaskFile.Input;

/** How much there is to compute, and how much this processor can: what is near the second cannot be made much quicker. */
final class Arithmetic {

    private static final int SIDE = 768;
    private static final int PRODUCTS = 40;

    private int height;
    private int width;
    private double products;

    private Arithmetic(Input input) {
        this.height = input.height();
        this.width = input.width();
    }

    /**
     * Floating-point operations to train on one image: two for each product of convolutions and linear layers, forward once
     * and backward twice (Kaplan et al., 2020, appendix B). The rest is not counted.
     */
    static double perImage(List<Layer> layers, Input input) {
        Arithmetic arithmetic = new Arithmetic(input);
        arithmetic.add(layers);
        return 3 * 2 * arithmetic.products;
    }

    private void add(List<Layer> layers) {
        for (Layer layer : layers) {
            switch (layer) {
                case Layer.Convolution c -> {
                    height = (height + 2 * c.padding() - c.kernel()) / c.stride() + 1;
                    width = (width + 2 * c.padding() - c.kernel()) / c.stride() + 1;
                    products += (double) c.in() * c.out() * c.kernel() * c.kernel() * height * width;
                }
                case Layer.MaxPool pool -> {
                    height = (height + 2 * pool.padding() - pool.kernel()) / pool.stride() + 1;
                    width = (width + 2 * pool.padding() - pool.kernel()) / pool.stride() + 1;
                }
                case Layer.Linear linear -> products += (double) linear.in() * linear.out();
                case Layer.Residual residual -> {
                    int before = height;
                    int beforeWidth = width;
                    add(residual.shortcut());
                    height = before;
                    width = beforeWidth;
                    add(residual.path());
                }
                case Layer.BatchNorm norm -> {}
                case Layer.Relu relu -> {}
                case Layer.Flatten flatten -> {}
                case Layer.GlobalMaxPool pool -> {}
                case Layer.GlobalAveragePool pool -> {}
            }
        }
    }

    /** Floating-point operations a second of processor time in large matrix products: what one thread can at best. */
    static double peak(NumericEngine engine) {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (NDManager manager = engine.newManager()) {
            NDArray a = manager.ones(new Shape(SIDE, SIDE));
            double best = 0;
            for (int round = 0; round < 5; round++) {
                long begun = system.getProcessCpuTime();
                for (int k = 0; k < PRODUCTS; k++) a.matMul(a).close();
                double seconds = (system.getProcessCpuTime() - begun) / 1e9;
                best = Math.max(best, 2.0 * SIDE * SIDE * SIDE * PRODUCTS / seconds);
            }
            return best;
        }
    }
}
