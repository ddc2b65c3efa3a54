/** Puts the server together: what it was started with, time, and its parts. Features do not know it. */
@NullMarked
package touchstone.api.app;

import org.jspecify.annotations.NullMarked;
