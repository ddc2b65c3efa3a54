package touchstone.api.cli;

/** A command ends here, with a sentence for people and an exit code for programs. */
final class Ended extends RuntimeException {
    private final int exit;

    /** @param exit one of {@link Exit} */
    Ended(int exit, String sentence) {
        super(sentence, null, false, false);
        this.exit = exit;
    }

    int exit() {
        return exit;
    }
}
