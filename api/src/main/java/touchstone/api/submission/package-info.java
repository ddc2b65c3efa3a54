/** Intake: checking strategies, teams, quota, submissions. Knows nothing of how a submission is judged; whoever judges finds it. */
@NullMarked
package touchstone.api.submission;

import org.jspecify.annotations.NullMarked;
