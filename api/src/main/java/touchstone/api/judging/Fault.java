package touchstone.api.judging;

/** Whose fault it is that an attempt ended. */
enum Fault {
    NONE,
    CONTESTANT,
    LIMIT,
    OURS,
    ORGANIZER,
    NEVER_STARTED,
    SERVER_DIED,
    LOST,
    CANCELLED;

    /** Whether it uses up one of a run's tries. Our own restarts do not: many of them would exhaust every run. */
    boolean counts() {
        return switch (this) {
            case LIMIT, OURS, LOST -> true;
            case NONE, CONTESTANT, ORGANIZER, NEVER_STARTED, SERVER_DIED, CANCELLED -> false;
        };
    }
}
