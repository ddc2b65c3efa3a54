/** What can be said of a strategy before it costs anything. Loads no numeric engine. */
@NullMarked
package touchstone.evaluator.check;

import org.jspecify.annotations.NullMarked;
