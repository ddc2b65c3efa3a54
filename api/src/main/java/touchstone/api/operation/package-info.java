/**
 * What an operator sees and does: queue, runs, attempts, servers, failures, machine time, the log of acts, metrics and health.
 * Reads the facts of all parts; changes them only through the parts that own them.
 */
@NullMarked
package touchstone.api.operation;

import org.jspecify.annotations.NullMarked;
