/** A picture of what a strategy's augmentation does to a few samples. Knows nothing of training. */
@NullMarked
package touchstone.evaluator.preview;

import org.jspecify.annotations.NullMarked;
