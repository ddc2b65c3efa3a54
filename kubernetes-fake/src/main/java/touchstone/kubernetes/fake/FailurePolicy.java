package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.List;

/** A Job's {@code podFailurePolicy}: the first rule that meets a failed pod says what it counts for. */
final class FailurePolicy {
    enum Action {
        COUNT,
        IGNORE,
        FAIL_JOB
    }

    record Verdict(Action action, String message) {}

    private FailurePolicy() {}

    static Verdict of(JsonObject job, JsonObject pod) {
        List<JsonObject> rules = Json.objects(job, "spec", "podFailurePolicy", "rules");
        for (int i = 0; i < rules.size(); i++) {
            String met = met(rules.get(i), pod);
            if (!met.isEmpty()) {
                String message = "%s for pod %s/%s matching %s rule at index %d"
                        .formatted(met, Json.namespace(pod), Json.name(pod), Json.string(rules.get(i), "action"), i);
                return switch (Json.string(rules.get(i), "action")) {
                    case "Ignore" -> new Verdict(Action.IGNORE, message);
                    case "FailJob" -> new Verdict(Action.FAIL_JOB, message);
                    default -> new Verdict(Action.COUNT, message);
                };
            }
        }
        return new Verdict(Action.COUNT, "");
    }

    private static String met(JsonObject rule, JsonObject pod) {
        for (JsonObject pattern : Json.objects(rule, "onPodConditions")) {
            JsonObject condition = Conditions.find(pod, Json.string(pattern, "type"));
            String wanted = Json.string(pattern, "status");
            if (condition != null && Json.string(condition, "status").equals(wanted.isEmpty() ? "True" : wanted)) {
                return "Pod has condition " + Json.string(pattern, "type") + " matching";
            }
        }
        JsonObject codes = Json.object(rule, "onExitCodes");
        if (codes.isEmpty()) {
            return "";
        }
        boolean in = Json.string(codes, "operator").equals("In");
        List<String> values = Json.strings(codes, "values");
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonObject container : Json.objects(pod, "status", list)) {
                String code = Json.string(container, "state", "terminated", "exitCode");
                String only = Json.string(codes, "containerName");
                boolean isMeant = only.isEmpty() || only.equals(Json.string(container, "name"));
                if (isMeant && !code.isEmpty() && !code.equals("0") && values.contains(code) == in) {
                    return "Container %s failed with exit code %s".formatted(Json.string(container, "name"), code);
                }
            }
        }
        return "";
    }
}
