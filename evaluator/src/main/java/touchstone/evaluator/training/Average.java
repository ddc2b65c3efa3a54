package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import touchstone.evaluator.device.TorchLibrary;
import touchstone.evaluator.device.TorchLibrary.Tensors;
import touchstone.evaluator.model.Layer;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;

/**
 * An exponential moving average of the weights over the steps (Polyak and Juditsky, 1992), batch norm's running values
 * included; it begins with the initial weights. It is what is scored; training itself never reads it.
 */
final class Average {

    private final Network network;
    private final Tensors averaged;
    private final Tensors trained;
    private final TorchLibrary torch;
    private final double memory;

    /** @param memory share of the average that stays at each step */
    Average(
            List<Layer> layers,
            Weights initial,
            Network trained,
            double memory,
            TorchLibrary torch,
            NDManager manager) {
        this.network = new Network(layers, initial, manager, false);
        this.averaged = new Tensors(List.copyOf(network.arrays().values()));
        this.trained = new Tensors(List.<NDArray>copyOf(trained.arrays().values()));
        this.torch = torch;
        this.memory = memory;
    }

    /** After each step. Gradient mode must be off. */
    void step() {
        torch.lerp(averaged, trained, 1 - memory);
    }

    Network network() {
        return network;
    }
}
