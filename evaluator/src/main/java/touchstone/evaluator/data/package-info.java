/** Archives, image arrays and packed tasks: bytes on disk and what they mean. Knows nothing of strategies or training. */
@NullMarked
package touchstone.evaluator.data;

import org.jspecify.annotations.NullMarked;
