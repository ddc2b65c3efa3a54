/** The catalogue's operations as batched array operations on the device. Knows nothing of labels, weights or networks. */
@NullMarked
package touchstone.evaluator.augmentation;

import org.jspecify.annotations.NullMarked;
