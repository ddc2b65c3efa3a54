package touchstone.api.judging;

/** Text from jobs, before it goes into the database. */
final class Texts {
    private Texts() {}

    /** PostgreSQL takes no zero character in text. Cuts between characters, never inside a pair. */
    static String storable(String text, int charactersMax) {
        String clean = text.replace('\0', ' ');
        if (clean.length() <= charactersMax) return clean;
        int end = Character.isHighSurrogate(clean.charAt(charactersMax - 1)) ? charactersMax - 1 : charactersMax;
        return clean.substring(0, end);
    }
}
