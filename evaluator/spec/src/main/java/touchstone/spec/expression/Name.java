package touchstone.spec.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name that an expression may read.
 *
 * @param vocabulary the words a text name can have, null for a number; a text column holds positions in this list
 */
public record Name(String name, Timing timing, @Nullable List<String> vocabulary) {

    /** When a value is known. */
    public enum Timing {
        /** Before training: the same in every epoch. */
        STATIC,
        /** Changes with the epoch, known from the first one on. */
        CLOCK,
        /** What training observed of a sample in the epochs before; unknown until it was first seen. */
        OBSERVED
    }

    public static Name number(String name, Timing timing) {
        return new Name(name, timing, null);
    }

    public static Name text(String name, Timing timing, List<String> vocabulary) {
        return new Name(name, timing, List.copyOf(vocabulary));
    }

    public boolean isText() {
        return vocabulary != null;
    }
}
