/** Predictions of final weights and the metrics made of them. Knows nothing of strategies. */
@NullMarked
package touchstone.evaluator.scoring;

import org.jspecify.annotations.NullMarked;
