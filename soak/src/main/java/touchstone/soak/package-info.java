/**
 * The soak: a contest under kill -9. Knows the server from outside alone (its commands, HTTP, what its tables say in the end).
 */
@NullMarked
package touchstone.soak;

import org.jspecify.annotations.NullMarked;
