package touchstone.api.runner.kubernetes;

/** This job can never be made as it is asked for. */
final class Unmakeable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unmakeable(String message) {
        super(message);
    }
}
