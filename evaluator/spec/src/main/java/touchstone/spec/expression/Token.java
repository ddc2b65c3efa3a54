package touchstone.spec.expression;

/** @param offset characters before it, counted from 0 */
record Token(Kind kind, String text, int offset) {
    enum Kind {
        NUMBER,
        TEXT,
        WORD,
        SIGN,
        END
    }

    boolean is(String sign) {
        return (kind == Kind.SIGN || kind == Kind.WORD) && text.equals(sign);
    }
}
