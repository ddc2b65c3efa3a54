package touchstone.api.account;

import java.util.Optional;
import java.util.UUID;

/** Who makes this request, where one need not be signed in. */
public record Visitor(Optional<Caller> caller) {

    public boolean is(UUID account) {
        return caller.map(known -> known.account().equals(account)).orElse(false);
    }
}
