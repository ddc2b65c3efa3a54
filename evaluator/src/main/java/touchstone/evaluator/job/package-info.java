/** The commands that a process of the evaluator can be: check, publish, train, score, evaluate. Everything else is a library to them. */
@NullMarked
package touchstone.evaluator.job;

import org.jspecify.annotations.NullMarked;
