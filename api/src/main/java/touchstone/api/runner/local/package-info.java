/**
 * Runs jobs as child processes of the server: bounded in number, memory and time, and gone when the server is.
 * Knows nothing of the database, nor of what a job computes.
 */
@NullMarked
package touchstone.api.runner.local;

import org.jspecify.annotations.NullMarked;
