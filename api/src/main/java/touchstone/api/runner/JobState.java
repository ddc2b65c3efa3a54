package touchstone.api.runner;

/** What has become of a job, as its runner sees it. */
public sealed interface JobState {

    /** The job has a place, but no process yet. */
    record Starting() implements JobState {}

    /** The job has no place yet. @param why what it waits for, for an operator */
    record Queued(String why) implements JobState {}

    record Running(Place place) implements JobState {}

    /** The last command ended by itself and says that its result was delivered. */
    record Finished() implements JobState {}

    /** The server answered 409 or 401, and the job ended itself. */
    record ToldToStop() implements JobState {}

    /**
     * Out of memory or out of time.
     *
     * @param log what the command printed, its last part; empty = nothing that is known
     */
    record OverLimit(String detail, String log) implements JobState {
        public OverLimit(String detail) {
            this(detail, "");
        }
    }

    /** Someone asked the process to end, as a terminal does on Ctrl-C; the job itself did nothing wrong. */
    record Interrupted(String detail) implements JobState {}

    /** It came to nothing before anything of it ran; not by its own doing. */
    record NeverStarted(String detail) implements JobState {}

    /** The machine was wanted for something else, or a person took the job away; not by its own doing. */
    record Displaced(String detail) implements JobState {}

    /** The machine is gone, and the job with it. */
    record Lost(String detail) implements JobState {}

    /**
     * It ended by itself otherwise: a crash, a signal, no way to reach the server.
     *
     * @param log what the command printed, its last part; empty = nothing that is known
     */
    record Broken(String detail, String log) implements JobState {
        public Broken(String detail) {
            this(detail, "");
        }
    }

    /** No such job can be made, and another try would find the same. */
    record Unmakeable(String detail) implements JobState {}

    default boolean ended() {
        return switch (this) {
            case Starting starting -> false;
            case Queued queued -> false;
            case Running running -> false;
            case Finished finished -> true;
            case ToldToStop told -> true;
            case OverLimit over -> true;
            case Interrupted interrupted -> true;
            case NeverStarted never -> true;
            case Displaced displaced -> true;
            case Lost lost -> true;
            case Broken broken -> true;
            case Unmakeable unmakeable -> true;
        };
    }
}
