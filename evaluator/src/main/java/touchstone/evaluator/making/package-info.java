/** Makes a task from a clean data set: takes what is needed of it and spoils the training part in a known way. */
@NullMarked
package touchstone.evaluator.making;

import org.jspecify.annotations.NullMarked;
