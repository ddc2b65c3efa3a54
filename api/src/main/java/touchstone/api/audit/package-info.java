/** Who did what, in a log that is only ever appended to. Knows nothing of what the acts are. */
@NullMarked
package touchstone.api.audit;

import org.jspecify.annotations.NullMarked;
