/** The commands of the server's launcher. Knows how parts are started and nothing of how they work. */
@NullMarked
package touchstone.api.cli;

import org.jspecify.annotations.NullMarked;
