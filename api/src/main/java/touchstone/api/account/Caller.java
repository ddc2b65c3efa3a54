package touchstone.api.account;

import java.util.UUID;

/**
 * Who makes this request. A controller that has this parameter answers 401 to everyone who is not signed in.
 *
 * @param tokenDigest of the session or token that was used
 */
public record Caller(UUID account, String name, Role role, boolean mayCreateTasks, String tokenDigest) {}
