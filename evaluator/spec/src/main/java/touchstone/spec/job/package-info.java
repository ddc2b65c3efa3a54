/** The messages between server and job, and what the check command answers. */
@NullMarked
package touchstone.spec.job;

import org.jspecify.annotations.NullMarked;
