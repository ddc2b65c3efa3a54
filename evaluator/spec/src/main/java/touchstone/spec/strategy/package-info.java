/** The strategy file and its tables, read and checked against a task's classes and ids. Knows neither pixels nor training. */
@NullMarked
package touchstone.spec.strategy;

import org.jspecify.annotations.NullMarked;
