/**
 * Turns submissions into verdicts: the loops that open, dispatch, watch and settle judgings, and the endpoints of their jobs.
 * Knows nothing of boards, nor of how a runner runs a job.
 */
@NullMarked
package touchstone.api.judging;

import org.jspecify.annotations.NullMarked;
