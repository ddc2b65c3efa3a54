/** The one list of operations, metrics, architectures and names: parser, evaluator, documentation and web client read it. Knows no implementation. */
@NullMarked
package touchstone.spec.catalogue;

import org.jspecify.annotations.NullMarked;
