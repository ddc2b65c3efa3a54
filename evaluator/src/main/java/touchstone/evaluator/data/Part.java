package touchstone.evaluator.data;

import java.util.List;
import java.util.Map;
import touchstone.spec.task.TaskFile.Input;

/**
 * The samples of one part of a task, in their published order.
 *
 * @param images unsigned bytes, [sample, channel, row, column]
 * @param labels class of each sample, from 0
 * @param ids unique
 * @param metadata further columns by name, one text a sample
 */
public record Part(Input input, byte[] images, int[] labels, List<String> ids, Map<String, List<String>> metadata) {
    public Part {
        ids = List.copyOf(ids);
        metadata = Map.copyOf(metadata);
        if (images.length != labels.length * input.pixels() || ids.size() != labels.length) {
            throw new IllegalArgumentException("images, labels and ids differ in number");
        }
    }

    public int size() {
        return labels.length;
    }
}
