package touchstone.api.runner;

/** What has become of a job, as its runner sees it. */
public sealed interface JobState {

    /** The job has a place, but no process yet. */
    record Starting() implements JobState {}

    record Running(ProcessMark process) implements JobState {}

    /** The last command ended by itself and says that its result was delivered. */
    record Finished() implements JobState {}

    /** The server answered 409 or 401, and the job ended itself. */
    record ToldToStop() implements JobState {}

    /** Out of memory or out of time. */
    record OverLimit(String detail) implements JobState {}

    /** Someone asked the process to end, as a terminal does on Ctrl-C; the job itself did nothing wrong. */
    record Interrupted(String detail) implements JobState {}

    /** Everything else: a crash, a signal, no way to reach the server. */
    record Broken(String detail) implements JobState {}

    default boolean ended() {
        return switch (this) {
            case Starting starting -> false;
            case Running running -> false;
            case Finished finished -> true;
            case ToldToStop told -> true;
            case OverLimit over -> true;
            case Interrupted interrupted -> true;
            case Broken broken -> true;
        };
    }
}
