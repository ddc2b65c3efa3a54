package touchstone.api.operation;

import com.fasterxml.jackson.annotation.JsonValue;
import touchstone.api.storage.Words;

/** Why a run that waits has not been started. */
enum Why {
    /** Somebody paused the task. */
    TASK_PAUSED,
    /** An attempt failed a moment ago. */
    BACKING_OFF,
    /** Its team has as many judgings running as the task allows. */
    TEAM_LIMIT,
    /** As many judgings of the task run as an administrator allows. */
    TASK_LIMIT,
    /** The same for the whole house. */
    HOUSE_LIMIT,
    /** What keeps jobs from starting stands with the servers. */
    RUNNER_TROUBLE,
    /** No server has a free slot for it: others are before it, or no server takes jobs. */
    NO_SLOT;

    @JsonValue
    String word() {
        return Words.of(this);
    }
}
