package touchstone.evaluator.job;

/** Exit statuses of all commands. */
final class Exit {
    static final int DONE = 0;
    /** A fault of ours: see standard error. */
    static final int FAULT = 1;
    /** The input has problems; they were told. */
    static final int PROBLEMS = 2;
    /** The server wants this job no more. */
    static final int STOPPED = 3;
    /** The server could not be reached for long. */
    static final int UNREACHABLE = 4;

    private Exit() {}
}
