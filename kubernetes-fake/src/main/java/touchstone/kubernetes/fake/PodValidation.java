package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refuses a pod that no node could make sense of. */
final class PodValidation {
    private PodValidation() {}

    static void podSpec(Place at, String prefix, JsonObject spec) {
        if (Json.objects(spec, "containers").isEmpty()) {
            throw at.invalid(prefix + ".containers", "Required value", "");
        }
        if (Json.has(spec, "activeDeadlineSeconds") && Json.number(spec, 0, "activeDeadlineSeconds") < 1) {
            throw at.invalid(
                    prefix + ".activeDeadlineSeconds",
                    "Invalid value",
                    Json.number(spec, 0, "activeDeadlineSeconds") + ": must be between 1 and 2147483647, inclusive");
        }
        Set<String> volumes = new HashSet<>();
        for (JsonObject volume : Json.objects(spec, "volumes")) {
            volumes.add(Json.string(volume, "name"));
        }
        Set<String> names = new HashSet<>();
        for (String list : List.of("initContainers", "containers")) {
            int i = 0;
            for (JsonObject container : Json.objects(spec, list)) {
                String field = "%s.%s[%d]".formatted(prefix, list, i++);
                if (!names.add(Json.string(container, "name"))) {
                    throw at.invalid(field + ".name", "Duplicate value", "\"" + Json.string(container, "name") + "\"");
                }
                container(at, field, container, volumes);
            }
        }
    }

    private static void container(Place at, String field, JsonObject container, Set<String> volumes) {
        if (Json.string(container, "name").isEmpty()) {
            throw at.invalid(field + ".name", "Required value", "");
        }
        if (!Place.LABEL.matcher(Json.string(container, "name")).matches()) {
            throw at.invalid(
                    field + ".name",
                    "Invalid value",
                    "\"%s\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'"
                            .formatted(Json.string(container, "name")));
        }
        if (Json.string(container, "image").isEmpty()) {
            throw at.invalid(field + ".image", "Required value", "");
        }
        int i = 0;
        for (JsonObject mount : Json.objects(container, "volumeMounts")) {
            if (!volumes.contains(Json.string(mount, "name"))) {
                throw at.invalid(
                        "%s.volumeMounts[%d].name".formatted(field, i),
                        "Not found: \"" + Json.string(mount, "name") + "\"",
                        "");
            }
            i++;
        }
        resources(at, field + ".resources", Json.object(container, "resources"));
    }

    private static void resources(Place at, String field, JsonObject resources) {
        Map<String, BigDecimal> limits = Amounts.of(resources, "limits");
        Amounts.of(resources, "requests").forEach((name, request) -> {
            BigDecimal limit = limits.get(name);
            boolean isExtended = name.contains("/");
            if (isExtended && limit == null) {
                throw at.invalid(
                        field + ".limits", "Required value", "Limit must be set for non overcommitable resources");
            }
            if (isExtended && limit != null && limit.compareTo(request) != 0) {
                throw at.invalid(
                        field + ".requests",
                        "Invalid value",
                        "\"%s\": must be equal to %s limit of %s"
                                .formatted(Amounts.text(request), name, Amounts.text(limit)));
            }
            if (isExtended && request.stripTrailingZeros().scale() > 0) {
                throw at.invalid(
                        "%s.limits[%s]".formatted(field, name),
                        "Invalid value",
                        "\"%s\": must be an integer".formatted(Json.string(resources, "requests", name)));
            }
            if (limit != null && limit.compareTo(request) < 0) {
                throw at.invalid(
                        field + ".requests",
                        "Invalid value",
                        "\"%s\": must be less than or equal to %s limit of %s"
                                .formatted(
                                        Json.string(resources, "requests", name),
                                        name,
                                        Json.string(resources, "limits", name)));
            }
        });
    }
}
