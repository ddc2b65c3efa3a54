package touchstone.api.runner.kubernetes;

/**
 * What one look at a cluster found.
 *
 * @param check what was looked at, in one word
 * @param sentence what is so; and where it is wrong, or not known, what to do
 */
public record Finding(String check, Outcome outcome, String sentence) {

    public enum Outcome {
        OK,
        WRONG,
        NOT_KNOWN
    }

    static Finding ok(String check, String sentence) {
        return new Finding(check, Outcome.OK, sentence);
    }

    static Finding wrong(String check, String sentence) {
        return new Finding(check, Outcome.WRONG, sentence);
    }

    static Finding notKnown(String check, String sentence) {
        return new Finding(check, Outcome.NOT_KNOWN, sentence);
    }
}
