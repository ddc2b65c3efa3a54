package touchstone.api.submission;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.task.You;

/**
 * What a team has spent in a task, and what is left.
 *
 * @param team null = has not taken part yet
 * @param rejected {@code free} or {@code charged}: what a rejected submission costs here
 * @param coolDown null = the team need not wait
 * @param entries the ledger, newest submission first; what cost nothing is not in it
 */
record QuotaView(
        String task,
        @Nullable String team,
        You.Quota quota,
        String rejected,
        @Nullable CoolDown coolDown,
        Page<Entry> entries) {

    /** Why and until when the team's next submission is not taken, though it may have some left. */
    record CoolDown(Instant until, String why) {}

    /** One submission's lines in the ledger. */
    record Entry(UUID submission, int number, String title, Charge charge) {}
}
