package touchstone.evaluator.model;

import java.util.List;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskFile.Model;

/** The layers of the architectures that a recipe may name. */
public final class Architecture {
    private Architecture() {}

    public static List<Layer> layers(Model model, Input input, int classes) {
        return switch (model.architecture()) {
            case "mlp" -> mlp(model.width(), input, classes);
            case "small-cnn" -> smallCnn(model.width(), input, classes);
            default -> throw new IllegalArgumentException("no architecture '" + model.architecture() + "'");
        };
    }

    /** One hidden layer of {@code width} units. */
    private static List<Layer> mlp(int width, Input input, int classes) {
        return List.of(
                new Layer.Flatten(),
                new Layer.Linear(input.pixels(), width),
                new Layer.BatchNorm(width),
                new Layer.Relu(),
                new Layer.Linear(width, classes));
    }

    /** Three strided convolutions, one over what is left, a linear head: small, quick, and able to memorize. */
    private static List<Layer> smallCnn(int width, Input input, int classes) {
        int height = half(half(half(input.height())));
        int breadth = half(half(half(input.width())));
        int features = 8 * width;
        return List.of(
                new Layer.Convolution(input.channels(), width, 3, 2, 1),
                new Layer.BatchNorm(width),
                new Layer.Relu(),
                new Layer.Convolution(width, 2 * width, 3, 2, 1),
                new Layer.BatchNorm(2 * width),
                new Layer.Relu(),
                new Layer.Convolution(2 * width, 4 * width, 3, 2, 1),
                new Layer.BatchNorm(4 * width),
                new Layer.Relu(),
                new Layer.Flatten(),
                new Layer.Linear(4 * width * height * breadth, features),
                new Layer.BatchNorm(features),
                new Layer.Relu(),
                new Layer.Linear(features, classes));
    }

    /** Size after a convolution of kernel 3, stride 2, padding 1. */
    private static int half(int size) {
        return (size + 1) / 2;
    }
}
