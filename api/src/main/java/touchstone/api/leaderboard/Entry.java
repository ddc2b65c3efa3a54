package touchstone.api.leaderboard;

import java.time.Instant;
import java.util.UUID;

/**
 * One valid scored judging, as the board sees it.
 *
 * @param seq order of acceptance: breaks ties
 * @param score mean over the seeds
 * @param submissions of this team on this board, rejected ones too
 */
record Entry(
        UUID submission,
        long seq,
        UUID team,
        String teamName,
        boolean baseline,
        String title,
        double score,
        int labelsChanged,
        int added,
        int dropped,
        int submissions,
        Instant accepted) {}
