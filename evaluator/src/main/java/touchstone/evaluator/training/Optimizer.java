package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
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

    private final TaskFile.Optimizer.Sgd frozen;
    private final TorchLibrary torch;
    private final List<Group> groups = new ArrayList<>();

    /** Weights of one weight decay, with what the optimizer remembers of them. */
    private record Group(double weightDecay, List<NDArray> parameters, Tensors weights, Tensors momenta) {}

    /** Gradients come into being with the first backward pass and then stay where they are. */
    private @Nullable List<Tensors> gradients;

    Optimizer(TaskFile.Optimizer optimizer, Network network, Weights weights, TorchLibrary torch) {
        if (!(optimizer instanceof TaskFile.Optimizer.Sgd sgd)) {
            throw new IllegalArgumentException("no training with " + optimizer);
        }
        this.frozen = sgd;
        this.torch = torch;
        for (boolean decayed : new boolean[] {true, false}) {
            List<NDArray> parameters = new ArrayList<>();
            weights.tensors().forEach((name, tensor) -> {
                if (tensor.trained() && tensor.decayed() == decayed)
                    parameters.add(network.arrays().get(name));
            });
            groups.add(new Group(
                    decayed ? frozen.weightDecay() : 0,
                    parameters,
                    new Tensors(parameters),
                    new Tensors(frozen.momentum() == 0 ? List.of() : zerosLike(parameters))));
        }
    }

    private static List<NDArray> zerosLike(List<NDArray> arrays) {
        return arrays.stream().map(NDArray::zerosLike).toList();
    }

    /** One step with the gradients that the weights hold; clears them. Gradient mode must be off. */
    void step(double rate) {
        if (gradients == null) {
            gradients = groups.stream()
                    .map(group -> new Tensors(group.parameters().stream()
                            .map(NDArray::getGradient)
                            .toList()))
                    .toList();
        }
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            torch.sgd(
                    group.weights(),
                    gradients.get(g),
                    group.momenta(),
                    group.weightDecay(),
                    frozen.momentum(),
                    rate,
                    frozen.nesterov());
            torch.zero(gradients.get(g));
        }
    }
}
