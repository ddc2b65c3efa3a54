package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.device.TorchLibrary;
import touchstone.evaluator.device.TorchLibrary.Tensors;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;
import touchstone.spec.task.TaskFile;

/**
 * The frozen optimizer: one fused step over all weights, as PyTorch defines it. Weight decay is for convolutions and linear
 * weights only, not for batch norm and biases.
 */
final class Optimizer {

    private final TaskFile.Optimizer frozen;
    private final TorchLibrary torch;
    private final List<Group> groups = new ArrayList<>();
    /** The number of the step, as Adam wants it: a scalar on the device. */
    private final NDArray count;

    /** Weights of one weight decay, with two tensors of memory for each: momentum, or Adam's mean and square. */
    private record Group(
            double weightDecay,
            List<NDArray> parameters,
            Tensors weights,
            Tensors first,
            Tensors second,
            Tensors counts) {}

    /** Gradients come into being with the first backward pass and then stay where they are. */
    private @Nullable List<Tensors> gradients;

    Optimizer(TaskFile.Optimizer frozen, Network network, Weights weights, TorchLibrary torch) {
        this.frozen = frozen;
        this.torch = torch;
        List<NDArray> decayed = new ArrayList<>();
        List<NDArray> others = new ArrayList<>();
        weights.tensors().forEach((name, tensor) -> {
            if (tensor.trained())
                (tensor.decayed() ? decayed : others).add(network.arrays().get(name));
        });
        this.count = others.getFirst().getManager().create(0f);
        groups.add(group(frozen.weightDecay(), decayed));
        groups.add(group(0, others));
    }

    private Group group(double weightDecay, List<NDArray> parameters) {
        boolean remembers = !(frozen instanceof TaskFile.Optimizer.Sgd sgd && sgd.momentum() == 0);
        boolean adam = !(frozen instanceof TaskFile.Optimizer.Sgd);
        return new Group(
                weightDecay,
                parameters,
                new Tensors(parameters),
                new Tensors(remembers ? zerosLike(parameters) : List.of()),
                new Tensors(adam ? zerosLike(parameters) : List.of()),
                new Tensors(Collections.nCopies(adam ? parameters.size() : 0, count)));
    }

    private static List<NDArray> zerosLike(List<NDArray> arrays) {
        return arrays.stream().map(NDArray::zerosLike).toList();
    }

    /** One step with the gradients that the weights hold; clears them. Gradient mode must be off. */
    void step(double rate) {
        if (gradients == null) {
            gradients = groups.stream().map(Optimizer::gradients).toList();
        }
        if (!(frozen instanceof TaskFile.Optimizer.Sgd)) count.addi(1);
        for (int g = 0; g < groups.size(); g++) {
            step(groups.get(g), gradients.get(g), rate);
            torch.zero(gradients.get(g));
        }
    }

    private static Tensors gradients(Group group) {
        List<NDArray> gradients =
                group.parameters().stream().map(NDArray::getGradient).toList();
        for (int i = 0; i < gradients.size(); i++) {
            long[] shape = gradients.get(i).getShape().getShape();
            // The native step does not look.
            if (!Arrays.equals(shape, group.parameters().get(i).getShape().getShape())) {
                throw new IllegalStateException("a gradient has another shape than its weight");
            }
        }
        return new Tensors(gradients);
    }

    private void step(Group group, Tensors gradient, double rate) {
        switch (frozen) {
            case TaskFile.Optimizer.Sgd sgd ->
                torch.sgd(
                        group.weights(),
                        gradient,
                        group.first(),
                        group.weightDecay(),
                        sgd.momentum(),
                        rate,
                        sgd.nesterov());
            case TaskFile.Optimizer.Adam adam ->
                torch.adam(
                        group.weights(),
                        gradient,
                        new TorchLibrary.AdamState(group.first(), group.second(), group.counts()),
                        false,
                        rate,
                        adam.beta1(),
                        adam.beta2(),
                        group.weightDecay(),
                        adam.epsilon());
            case TaskFile.Optimizer.AdamW adam ->
                torch.adam(
                        group.weights(),
                        gradient,
                        new TorchLibrary.AdamState(group.first(), group.second(), group.counts()),
                        true,
                        rate,
                        adam.beta1(),
                        adam.beta2(),
                        group.weightDecay(),
                        adam.epsilon());
        }
    }
}
