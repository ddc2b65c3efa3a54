/** Makes a strategy of a whole training set, as contests take it that know no strategies. */
@NullMarked
package touchstone.evaluator.importing;

import org.jspecify.annotations.NullMarked;
