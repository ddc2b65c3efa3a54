package touchstone.evaluator.making;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import touchstone.evaluator.data.Digests;
import touchstone.spec.task.TaskFile.Input;

/**
 * A data set whose labels are taken to be true.
 *
 * @param validation empty where it is to be taken from {@code train}
 * @param what it is, in words for the datasheet
 */
public record CleanSet(
        Input input, List<String> classes, Pool train, Optional<Pool> validation, Pool test, String what) {

    /**
     * Pictures to choose from, in the source's order.
     *
     * @param images unsigned bytes, [sample, channel, row, column]
     * @param labels class of each, from 0
     */
    public record Pool(byte[] images, int[] labels) {
        int size() {
            return labels.length;
        }
    }

    public CleanSet {
        classes = List.copyOf(classes);
    }

    /**
     * Mixed into every draw, so that who knows a task's seed but not the true labels can tell nothing of what was spoiled.
     */
    long key() {
        MessageDigest digest = Digests.sha256();
        digest.update(train.images());
        ByteBuffer labels = ByteBuffer.allocate(4 * train.size()).order(ByteOrder.LITTLE_ENDIAN);
        labels.asIntBuffer().put(train.labels());
        digest.update(labels.array());
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}
