package touchstone.api.submission;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.spec.job.CheckReport;
import touchstone.spec.task.TaskFile;

/**
 * One upload of one strategy by one team.
 *
 * @param number the team's own count in this task, from 1
 * @param strategy the strategy digest
 * @param withdrawn null = not cancelled
 * @param charge null = cost nothing, as an organizer's entry does
 */
public record Submission(
        UUID id,
        int number,
        UUID team,
        String teamName,
        UUID task,
        String taskSlug,
        int version,
        String title,
        String strategy,
        Instant accepted,
        @Nullable Instant withdrawn,
        @Nullable Charge charge,
        CheckReport report,
        String taskDigest,
        String initialWeights,
        TaskFile file) {}
