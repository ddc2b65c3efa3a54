package touchstone.api.http;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next give it as {@code after} to get the rest; null = this was the last part
 */
public record Page<T>(List<T> items, @Nullable String next) {
    /** Items of one answer: enough for a screen, little enough to answer at once. */
    public static final int ITEMS_MAX = 100;

    public Page {
        items = List.copyOf(items);
    }

    /** @param found up to {@link #ITEMS_MAX} + 1 items; the one too many only tells that there are more */
    public static <T> Page<T> of(List<T> found, Function<T, String> cursor) {
        if (found.size() <= ITEMS_MAX) return new Page<>(found, null);
        List<T> items = found.subList(0, ITEMS_MAX);
        return new Page<>(items, cursor.apply(items.getLast()));
    }
}
