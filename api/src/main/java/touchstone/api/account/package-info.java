/** Who somebody is: accounts, sessions, tokens, and the caller of a request. Knows nothing of tasks and teams. */
@NullMarked
package touchstone.api.account;

import org.jspecify.annotations.NullMarked;
