package touchstone.api.judging;

/** Tells a contestant whose fault it is and what happens next. */
final class FaultSentence {
    private FaultSentence() {}

    static String whenHeld(Fault fault) {
        return switch (fault) {
            case ORGANIZER ->
                "The task itself cannot be run, which is its organizer's fault and not yours, and you are not charged. When the"
                        + " organizer lets judging go on, your strategy is judged again by itself. If a new version of the task"
                        + " takes its place, send your strategy once more, or wait until the organizer has it judged under that"
                        + " version.";
            case LIMIT ->
                "Several tries ran out of memory or time on our machines, which is our limit and not yours. An operator has to"
                        + " look; your strategy stays in line and you are not charged for it.";
            case NONE, CONTESTANT, OURS, NEVER_STARTED, SERVER_DIED, LOST, CANCELLED ->
                "Several tries failed by a fault of ours. An operator has to look; your strategy stays in line and you are not"
                        + " charged for it.";
        };
    }

    /** @param failures tries that counted so far */
    static String whenTriedAgain(Fault fault, int failures) {
        String next = " It is tried again by itself (" + failures + " of " + JudgingConfig.FAILURES_MAX
                + " tries failed so far); you need not do anything.";
        return switch (fault) {
            case LIMIT -> "The last try ran out of memory or time on our machine." + next;
            case LOST -> "The machine of the last try was not heard of any more." + next;
            case NEVER_STARTED ->
                "The last try came to nothing before anything of it ran, and counts for nothing. It starts again by itself; you"
                        + " need not do anything.";
            case SERVER_DIED ->
                "The server was restarted while this was running. It starts again by itself; you need not do anything.";
            case CANCELLED ->
                "The last try was ended by an operator, or for something more urgent. It starts again by itself and counts for"
                        + " nothing; you need not do anything.";
            case NONE, CONTESTANT, OURS, ORGANIZER -> "The last try failed by a fault of ours." + next;
        };
    }
}
