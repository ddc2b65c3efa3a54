package touchstone.api.storage;

import java.util.Locale;

/** Enums as the database and the API write them: lower case, with dashes. */
public final class Words {
    private Words() {}

    public static String of(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static <E extends Enum<E>> E parse(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
