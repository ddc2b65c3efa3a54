package touchstone.api.account;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.UUID;

/** An account as its owner sees it. */
public record Account(@JsonIgnore UUID id, String name, Role role, boolean mayCreateTasks) {}
