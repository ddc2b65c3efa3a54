package touchstone.api.task;

import touchstone.api.account.Caller;

/** What the part that takes submissions knows about a person in a task. */
public interface Participation {
    You of(TaskVersion task, Caller caller);
}
