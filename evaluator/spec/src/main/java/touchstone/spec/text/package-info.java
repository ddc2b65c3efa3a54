/** Text that people write: problems with their positions, and reading YAML and CSV through limits. Knows nothing of tasks or strategies. */
@NullMarked
package touchstone.spec.text;

import org.jspecify.annotations.NullMarked;
