package touchstone.api.submission;

/** Why a charge was given back, as the ledger keeps it and people read it. */
public final class RefundReason {
    /** The strategy was rejected, and the task does not charge for that. */
    public static final String REJECTED = "rejected";

    /** It was held after three tries, the last of which ran out of memory or time. */
    public static final String OVER_LIMIT = "out of memory or time on our machines";

    public static final String OUR_FAULT = "a fault of ours";
    public static final String TASK_FAULT = "a fault of the task";
    public static final String CANCELLED = "cancelled before it started";
    public static final String CANCELLED_BY_ORGANIZER = "cancelled by the organizer";

    private RefundReason() {}
}
