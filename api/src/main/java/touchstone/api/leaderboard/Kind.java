package touchstone.api.leaderboard;

import com.fasterxml.jackson.annotation.JsonValue;
import touchstone.api.storage.Words;

/** Whose row it is. */
enum Kind {
    TEAM,
    BASELINE;

    @JsonValue
    String word() {
        return Words.of(this);
    }
}
