package touchstone.spec.expression;

/** What an expression is; a condition's column holds 0 and 1. */
public enum Type {
    NUMBER("a number"),
    CONDITION("a condition"),
    TEXT("a text");

    private final String words;

    Type(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
