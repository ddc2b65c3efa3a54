package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors, as they stand in a query. */
final class Selectors {
    private static final Pattern SET = Pattern.compile("\\s*(\\S+)\\s+(in|notin)\\s+\\(([^)]*)\\)\\s*");
    private static final Pattern COMMA_OUTSIDE = Pattern.compile(",(?![^(]*\\))");

    private Selectors() {}

    static Predicate<JsonObject> labels(String selector) {
        List<Predicate<Map<String, String>>> terms = new ArrayList<>();
        for (String term : COMMA_OUTSIDE.split(selector)) {
            if (!term.isBlank()) {
                terms.add(label(term.strip()));
            }
        }
        return object -> {
            Map<String, String> labels = Json.map(object, "metadata", "labels");
            return terms.stream().allMatch(term -> term.test(labels));
        };
    }

    private static Predicate<Map<String, String>> label(String term) {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            String key = set.group(1);
            Set<String> values = Set.of(set.group(3).strip().split("\\s*,\\s*"));
            boolean in = set.group(2).equals("in");
            return labels -> in == (labels.containsKey(key) && values.contains(labels.get(key)));
        }
        if (term.contains("!=")) {
            String[] parts = term.split("!=", 2);
            return labels -> !parts[1].strip().equals(labels.get(parts[0].strip()));
        }
        if (term.contains("=")) {
            String[] parts = term.split("==?", 2);
            return labels -> parts[1].strip().equals(labels.get(parts[0].strip()));
        }
        return term.startsWith("!")
                ? labels -> !labels.containsKey(term.substring(1).strip())
                : labels -> labels.containsKey(term);
    }

    static Predicate<JsonObject> fields(Kind kind, String selector) {
        Predicate<JsonObject> all = object -> true;
        for (String term : selector.split(",")) {
            if (!term.isBlank()) {
                all = all.and(field(kind, term.strip()));
            }
        }
        return all;
    }

    private static Predicate<JsonObject> field(Kind kind, String term) {
        boolean not = term.contains("!=");
        String[] parts = term.split("!=|==?", 2);
        String field = parts[0];
        if (parts.length < 2) {
            throw Failure.badRequest("invalid selector: '%s'; can't understand '%s'".formatted(term, term));
        }
        if (!known(kind, field)) {
            throw Failure.badRequest("field label not supported: " + field);
        }
        String[] path = field.split("\\.");
        return object -> parts[1].equals(Json.string(object, path)) != not;
    }

    private static boolean known(Kind kind, String field) {
        if (field.equals("metadata.name") || field.equals("metadata.namespace") && kind.namespaced()) {
            return true;
        }
        return switch (kind) {
            case POD ->
                Set.of(
                                "spec.nodeName",
                                "spec.restartPolicy",
                                "spec.schedulerName",
                                "spec.serviceAccountName",
                                "status.phase",
                                "status.podIP",
                                "status.nominatedNodeName")
                        .contains(field);
            case JOB -> field.equals("status.successful");
            case SECRET -> field.equals("type");
            case NAMESPACE -> field.equals("status.phase");
            case NODE -> field.equals("spec.unschedulable");
            case EVENT ->
                field.startsWith("involvedObject.")
                        || Set.of("reason", "type", "source").contains(field);
            case CONFIG_MAP, VOLUME_CLAIM, SERVICE, SERVICE_ACCOUNT, RESOURCE_QUOTA, NETWORK_POLICY, PRIORITY_CLASS ->
                false;
        };
    }
}
