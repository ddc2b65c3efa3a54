/**
 * The rankings: pure functions of valid judgings, kept as ready bytes and as snapshots, and what needs them: the preview of a
 * judging set and who goes into the final. Gives no verdicts.
 */
@NullMarked
package touchstone.api.leaderboard;

import org.jspecify.annotations.NullMarked;
