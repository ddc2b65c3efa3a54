/** The public ranking: a pure function of valid judgings, kept as ready bytes. Changes nothing and decides nothing. */
@NullMarked
package touchstone.api.leaderboard;

import org.jspecify.annotations.NullMarked;
