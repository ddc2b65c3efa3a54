package touchstone.api.runner.kubernetes;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.kubernetes.client.openapi.JSON;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;

/**
 * How the client reads what a cluster answers. As it comes, it refuses an answer with a field that its models do not know, and
 * so understands no API server that is newer than itself.
 */
final class Models {
    private static final List<Class<?>> SCALARS =
            List.of(Date.class, java.sql.Date.class, OffsetDateTime.class, LocalDate.class, byte[].class);

    private static final Gson TOLERANT = tolerant();

    private Models() {}

    /** For all clients of this process, since there is one reader for all. What they send is the same as before. */
    static void tolerateUnknownFields() {
        if (JSON.getGson() != TOLERANT) JSON.setGson(TOLERANT);
    }

    /** All of the client's own but the adapters that hold each model against a list of its fields. */
    private static Gson tolerant() {
        Gson strict = JSON.getGson();
        GsonBuilder builder = JSON.createGson();
        SCALARS.forEach(type -> builder.registerTypeAdapter(type, strict.getAdapter(type)));
        return builder.create();
    }
}
