package touchstone.spec.text;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in what a person wrote: where it stands, what was found there and what to write instead.
 *
 * @param file the file inside the archive, or null when the archive as a whole is meant
 * @param line counted from 1, or 0 when there is no line
 * @param column counted from 1, or 0 when there is no column
 * @param message one sentence that says what is wrong
 * @param instead what to write instead, or null where nothing better can be said than the message
 */
public record Problem(
        @Nullable String file,
        int line,
        int column,
        String message,
        @Nullable String instead) {

    /** A sentence, not a file: what somebody else wrote may be quoted in it. */
    private static final int CHARACTERS_MAX = 400;

    public Problem {
        file = file == null ? null : whole(file);
        message = cut(message);
        instead = instead == null ? null : cut(instead);
    }

    private static String cut(String text) {
        return whole(text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX - 1) + "…");
    }

    /** Halves of pairs, which a cut leaves and which somebody may write, can be sent in no message. */
    private static String whole(String text) {
        return text.codePoints()
                .map(point -> Character.getType(point) == Character.SURROGATE ? '?' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    public static Problem at(String file, int line, int column, String message, @Nullable String instead) {
        return new Problem(file, line, column, message, instead);
    }

    public static Problem of(@Nullable String file, String message, @Nullable String instead) {
        return new Problem(file, 0, 0, message, instead);
    }

    /** As compilers print it: {@code strategy.yaml:4:12: message; write …}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (file != null) {
            text.append(file);
            if (line > 0) text.append(':').append(line);
            if (column > 0) text.append(':').append(column);
            text.append(": ");
        }
        text.append(message);
        if (instead != null) text.append(" — ").append(instead);
        return text.toString();
    }
}
