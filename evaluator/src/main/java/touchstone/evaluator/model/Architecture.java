package touchstone.evaluator.model;

import java.util.ArrayList;
import java.util.List;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskFile.Model;

/** The layers of the architectures that a recipe may name; each takes every image from 8 x 8 pixels up. */
public final class Architecture {
    private Architecture() {}

    public static List<Layer> layers(Model model, Input input, int classes) {
        int width = model.width();
        return switch (model.architecture()) {
            case "mlp" -> mlp(width, input, classes);
            case "small-cnn" -> smallCnn(width, input, classes);
            case "resnet9" -> resnet9(width, input, classes);
            case "resnet18" -> resnet18(width, input, classes);
            case "resnet50-cut" -> resnet50Cut(width, input, classes);
            default -> throw new IllegalArgumentException("no architecture '" + model.architecture() + "'");
        };
    }

    /** How many weights training changes. */
    public static long parameters(List<Layer> layers) {
        long sum = 0;
        for (Layer layer : layers) {
            sum += switch (layer) {
                case Layer.Convolution c -> (long) c.in() * c.out() * c.kernel() * c.kernel();
                case Layer.Linear linear -> (linear.in() + 1L) * linear.out();
                case Layer.BatchNorm norm -> 2L * norm.channels();
                case Layer.Residual residual -> parameters(residual.path()) + parameters(residual.shortcut());
                case Layer.Relu relu -> 0;
                case Layer.MaxPool pool -> 0;
                case Layer.GlobalMaxPool pool -> 0;
                case Layer.GlobalAveragePool pool -> 0;
                case Layer.Flatten flatten -> 0;
            };
        }
        return sum;
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

    /** Page's network of the DAWNBench entries (2018), without its scaling of the logits. */
    private static List<Layer> resnet9(int width, Input input, int classes) {
        Layer.MaxPool half = new Layer.MaxPool(2, 2, 0);
        List<Layer> layers = new ArrayList<>();
        layers.addAll(convolved(input.channels(), width, 3, 1));
        layers.addAll(convolved(width, 2 * width, 3, 1));
        layers.add(half);
        layers.add(twice(2 * width));
        layers.addAll(convolved(2 * width, 4 * width, 3, 1));
        layers.add(half);
        layers.addAll(convolved(4 * width, 8 * width, 3, 1));
        layers.add(half);
        layers.add(twice(8 * width));
        layers.add(new Layer.GlobalMaxPool());
        layers.add(new Layer.Linear(8 * width, classes));
        return layers;
    }

    private static Layer twice(int channels) {
        List<Layer> path = new ArrayList<>(convolved(channels, channels, 3, 1));
        path.addAll(convolved(channels, channels, 3, 1));
        return new Layer.Residual(path, List.of());
    }

    /** He et al. (2016), with the stem that the literature takes for small images: 3 x 3, stride 1, no pooling. */
    private static List<Layer> resnet18(int width, Input input, int classes) {
        List<Layer> layers = new ArrayList<>(convolved(input.channels(), width, 3, 1));
        int channels = width;
        for (int stage = 0; stage < 4; stage++) {
            int out = width << stage;
            layers.addAll(basicBlock(channels, out, stage == 0 ? 1 : 2));
            layers.addAll(basicBlock(out, out, 1));
            channels = out;
        }
        layers.add(new Layer.GlobalAveragePool());
        layers.add(new Layer.Linear(channels, classes));
        return layers;
    }

    private static List<Layer> basicBlock(int in, int out, int stride) {
        List<Layer> path = new ArrayList<>(convolved(in, out, 3, stride));
        path.addAll(normed(out, out, 3, 1));
        return List.of(new Layer.Residual(path, shortcut(in, out, stride)), new Layer.Relu());
    }

    /**
     * The network of the Data-Centric AI Competition (2021): ResNet-50 (He et al., 2016) with its stem and first stage of three
     * bottlenecks, then the mean of each channel. Its width is 64.
     */
    private static List<Layer> resnet50Cut(int width, Input input, int classes) {
        List<Layer> layers = new ArrayList<>(convolved(input.channels(), width, 7, 2));
        layers.add(new Layer.MaxPool(3, 2, 1));
        layers.addAll(bottleneck(width, width));
        layers.addAll(bottleneck(4 * width, width));
        layers.addAll(bottleneck(4 * width, width));
        layers.add(new Layer.GlobalAveragePool());
        layers.add(new Layer.Linear(4 * width, classes));
        return layers;
    }

    private static List<Layer> bottleneck(int in, int width) {
        int out = 4 * width;
        List<Layer> path = new ArrayList<>(convolved(in, width, 1, 1));
        path.addAll(convolved(width, width, 3, 1));
        path.addAll(normed(width, out, 1, 1));
        return List.of(new Layer.Residual(path, shortcut(in, out, 1)), new Layer.Relu());
    }

    /** The input itself where it fits, else a convolution of one pixel. */
    private static List<Layer> shortcut(int in, int out, int stride) {
        return in == out && stride == 1 ? List.of() : normed(in, out, 1, stride);
    }

    private static List<Layer> convolved(int in, int out, int kernel, int stride) {
        List<Layer> layers = new ArrayList<>(normed(in, out, kernel, stride));
        layers.add(new Layer.Relu());
        return layers;
    }

    /** Padded so that stride 1 keeps the size. */
    private static List<Layer> normed(int in, int out, int kernel, int stride) {
        return List.of(new Layer.Convolution(in, out, kernel, stride, kernel / 2), new Layer.BatchNorm(out));
    }
}
