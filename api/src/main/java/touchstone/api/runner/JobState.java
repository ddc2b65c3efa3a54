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

    /** Everything else: a crash, a signal, no way to reach the server. */
    record Broken(String detail) implements JobState {}

    default boolean ended() {
        return switch (this) {
            case Starting _, Running _ -> false;
            case Finished _, ToldToStop _, OverLimit _, Broken _ -> true;
        };
    }
}
