package touchstone.api.account;

import com.fasterxml.jackson.annotation.JsonValue;
import touchstone.api.storage.Words;

/** What an account is in this house. */
public enum Role {
    CONTESTANT,
    ADMINISTRATOR;

    @JsonValue
    String word() {
        return Words.of(this);
    }
}
