/** The numeric engine and where it runs. Knows nothing of tasks. */
@NullMarked
package touchstone.evaluator.device;

import org.jspecify.annotations.NullMarked;
