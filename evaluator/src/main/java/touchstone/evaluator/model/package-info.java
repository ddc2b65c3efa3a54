/** The frozen networks: their layers and weights in plain Java, and how the engine computes them. Knows nothing of strategies. */
@NullMarked
package touchstone.evaluator.model;

import org.jspecify.annotations.NullMarked;
