/** Contests: publishing their versions, telling about them, giving out their data. Knows nothing of what is submitted to them. */
@NullMarked
package touchstone.api.task;

import org.jspecify.annotations.NullMarked;
