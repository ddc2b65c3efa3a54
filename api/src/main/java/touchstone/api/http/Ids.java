package touchstone.api.http;

import java.util.UUID;

/** Ids in addresses. */
public final class Ids {
    private Ids() {}

    /** What is no id names nothing: the same 404 as for an id that does not exist. */
    public static UUID parse(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.notFound();
        }
    }
}
