package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;
import touchstone.spec.task.TaskFile.Optimizer;

/**
 * SGD with momentum as PyTorch defines it; weight decay on convolutions and linear weights only, not on batch norm and biases.
 */
final class Sgd {

    private record Slot(NDArray parameter, NDArray momentum, boolean decayed) {}

    private final Optimizer optimizer;
    private final List<Slot> slots = new ArrayList<>();

    Sgd(Optimizer optimizer, Network network, Weights weights) {
        this.optimizer = optimizer;
        weights.tensors().forEach((name, tensor) -> {
            if (!tensor.trained()) return;
            NDArray parameter = network.arrays().get(name);
            slots.add(new Slot(parameter, parameter.zerosLike(), tensor.decayed()));
        });
    }

    /** One step with the gradients that the parameters hold; clears them. Gradient mode must be off. */
    void step(double rate, NDManager step) {
        for (Slot slot : slots) {
            try (NDArray gradient = slot.parameter().getGradient()) {
                gradient.attach(step);
                if (slot.decayed() && optimizer.weightDecay() > 0) {
                    try (NDArray decay = slot.parameter().mul(optimizer.weightDecay())) {
                        gradient.addi(decay);
                    }
                }
                slot.momentum().muli(optimizer.momentum()).addi(gradient);
                try (NDArray ahead = slot.momentum().mul(optimizer.nesterov() ? optimizer.momentum() * rate : rate)) {
                    slot.parameter().subi(ahead);
                }
                if (optimizer.nesterov()) {
                    gradient.muli(rate);
                    slot.parameter().subi(gradient);
                }
            }
            JniUtils.zeroGrad((PtNDArray) slot.parameter());
        }
    }
}
