package touchstone.api.task;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.spec.task.TaskFile;

/**
 * A task in one of its versions: the current one, unless it was asked for otherwise.
 *
 * @param slug its name in addresses
 * @param organizer who created it
 * @param organizers who may change it, with the creator
 * @param pause null = not paused
 * @param file as the version says it, but with the phases that hold now
 * @param packBlob task.zip, what check and train need
 * @param publicBlob public.zip, what contestants download
 * @param published null = this version is a draft
 */
public record TaskVersion(
        UUID task,
        String slug,
        String title,
        UUID organizer,
        Set<UUID> organizers,
        String organizerName,
        State state,
        @Nullable Pause pause,
        int version,
        String digest,
        TaskFile file,
        TaskFile.Counts counts,
        String initialWeights,
        String datasheet,
        String packBlob,
        String publicBlob,
        @Nullable Instant published) {

    /** Where a contest is in its life. */
    public enum State {
        DRAFT,
        OPEN,
        PAUSED,
        CLOSED,
        WITHDRAWN
    }

    /**
     * Nothing is judged meanwhile; what is sent waits.
     *
     * @param reason for contestants
     * @param since null = not known
     */
    public record Pause(String reason, @Nullable Instant since) {}

    /** The state as it is at that time: a contest closes by itself. */
    public State stateAt(Instant now) {
        return state == State.OPEN && isOverAt(now) ? State.CLOSED : state;
    }

    /** Whether its closing has passed. */
    public boolean isOverAt(Instant now) {
        Instant closes = file.phases().closes();
        return closes != null && now.isAfter(closes);
    }

    /** Whether only its organizers may know of it. */
    public boolean isHidden() {
        return state == State.DRAFT || state == State.WITHDRAWN;
    }

    public boolean isOrganizer(UUID account) {
        return organizers.contains(account);
    }
}
