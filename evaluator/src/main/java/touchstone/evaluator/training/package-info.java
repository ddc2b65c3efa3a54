/** The frozen training loop and what it reads of a strategy, epoch by epoch. Knows no hidden test. */
@NullMarked
package touchstone.evaluator.training;

import org.jspecify.annotations.NullMarked;
