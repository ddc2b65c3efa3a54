package touchstone.api.app;

/** A command cannot be done as it was asked; the message says why and what to do instead. */
public final class Refused extends RuntimeException {
    public Refused(String sentence) {
        super(sentence);
    }
}
