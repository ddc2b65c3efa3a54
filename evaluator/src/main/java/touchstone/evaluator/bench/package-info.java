/** How fast the judge is, measured against a plain PyTorch loop: read by people and written into docs/performance.md. */
@NullMarked
package touchstone.evaluator.bench;

import org.jspecify.annotations.NullMarked;
