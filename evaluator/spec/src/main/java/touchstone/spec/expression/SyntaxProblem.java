package touchstone.spec.expression;

import org.jspecify.annotations.Nullable;

/** Ends the parsing of one expression; never leaves this package. */
final class SyntaxProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int offset;
    private final @Nullable String instead;

    SyntaxProblem(int offset, String message, @Nullable String instead) {
        super(message, null, false, false);
        this.offset = offset;
        this.instead = instead;
    }

    int offset() {
        return offset;
    }

    @Nullable
    String instead() {
        return instead;
    }
}
