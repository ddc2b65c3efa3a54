/** Starts the evaluator's short commands (publish, check) as disposable children. Knows nothing of tasks in the database and of judgings. */
@NullMarked
package touchstone.api.evaluation;

import org.jspecify.annotations.NullMarked;
