/**
 * Where jobs run, as the judging sees it: start one, ask what has become of it, stop it.
 * Knows nothing of submissions, verdicts or the database.
 */
@NullMarked
package touchstone.api.runner;

import org.jspecify.annotations.NullMarked;
