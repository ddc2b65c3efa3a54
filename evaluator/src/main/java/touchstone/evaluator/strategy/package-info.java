/** A strategy applied to a task's base set: which samples, labels and weights training gets. Knows nothing of networks. */
@NullMarked
package touchstone.evaluator.strategy;

import org.jspecify.annotations.NullMarked;
