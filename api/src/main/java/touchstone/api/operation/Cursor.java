package touchstone.api.operation;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;

/** Where a list of runs or attempts goes on. */
record Cursor(Instant time, UUID run, int attempt) {

    static @Nullable Cursor parse(@Nullable String text) {
        if (text == null) return null;
        String[] parts = text.split("_", -1);
        try {
            if (parts.length == 3)
                return new Cursor(Instant.parse(parts[0]), UUID.fromString(parts[1]), Integer.parseInt(parts[2]));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw unknown();
        }
        throw unknown();
    }

    private static Refusal unknown() {
        return Refusal.badRequest("after", "\"after\" is not what a list answered as \"next\". Start without it.");
    }

    @Override
    public String toString() {
        return time + "_" + run + "_" + attempt;
    }
}
