package touchstone.api.judging;

/** Text from jobs, before it goes into the database. */
final class Texts {
    private Texts() {}

    /** Without what no database keeps: the zero character, and halves of pairs, which a cut somewhere on the way leaves. */
    static String storable(String text, int charactersMax) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().forEach(point -> {
            boolean kept = point != 0 && Character.getType(point) != Character.SURROGATE;
            if (clean.length() + Character.charCount(point) <= charactersMax) clean.appendCodePoint(kept ? point : ' ');
        });
        return clean.toString();
    }
}
