package touchstone.api.runner;

/** Where a job runs. */
public sealed interface Place permits ProcessMark, PodMark {}
