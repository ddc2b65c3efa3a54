package touchstone.api.task;

import java.time.Instant;
import java.util.UUID;
import touchstone.spec.task.TaskFile;

/**
 * A task in its current version.
 *
 * @param slug its name in addresses
 * @param packBlob task.zip, what check and train need
 * @param publicBlob public.zip, what contestants download
 */
public record TaskVersion(
        UUID task,
        String slug,
        String title,
        UUID organizer,
        String organizerName,
        State state,
        int version,
        String digest,
        TaskFile file,
        TaskFile.Counts counts,
        String initialWeights,
        String datasheet,
        String packBlob,
        String publicBlob) {

    /** Where a contest is in its life. */
    public enum State {
        DRAFT,
        OPEN,
        PAUSED,
        CLOSED
    }

    /** The state as it is at that time: a contest closes by itself. */
    public State stateAt(Instant now) {
        Instant closes = file.phases().closes();
        return state == State.OPEN && closes != null && now.isAfter(closes) ? State.CLOSED : state;
    }

    public boolean isOrganizer(UUID account) {
        return organizer.equals(account);
    }
}
