/** The task file and what publishing a task yields. Knows nothing of training. */
@NullMarked
package touchstone.spec.task;

import org.jspecify.annotations.NullMarked;
