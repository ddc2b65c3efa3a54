/** The small total language of conditions and numbers in a strategy: parsed once, evaluated over whole columns. Knows neither files nor training. */
@NullMarked
package touchstone.spec.expression;

import org.jspecify.annotations.NullMarked;
