package touchstone.api.storage;

/** A text with a character that PostgreSQL keeps in no text: NUL, or half of a surrogate pair. On both databases alike. */
public final class UnstorableText extends RuntimeException {
    private UnstorableText() {
        super("A text holds the character NUL or half of a surrogate pair.");
    }

    static String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) throw new UnstorableText();
            if (!Character.isHighSurrogate(c)) continue;
            if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(++i))) throw new UnstorableText();
        }
        return text;
    }
}
