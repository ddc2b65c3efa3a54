package touchstone.api.runner.kubernetes;

/** The cluster does not do now what it is asked for, through no fault of what was asked: it is asked again later. */
final class ClusterTrouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClusterTrouble(String message, Throwable cause) {
        super(message, cause);
    }
}
