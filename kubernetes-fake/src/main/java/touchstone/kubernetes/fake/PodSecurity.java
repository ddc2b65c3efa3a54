package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The standard {@code restricted}, which a namespace may demand of its pods. */
final class PodSecurity {
    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    private PodSecurity() {}

    static void refuse(JsonObject pod) {
        JsonObject spec = Json.object(pod, "spec");
        JsonObject ofPod = Json.object(spec, "securityContext");
        var broken = new ArrayList<String>();
        if (Json.flag(spec, "hostNetwork") || Json.flag(spec, "hostPID") || Json.flag(spec, "hostIPC")) {
            broken.add("host namespaces (hostNetwork=true)");
        }
        tell(
                broken,
                spec,
                "allowPrivilegeEscalation != false",
                "must set securityContext.allowPrivilegeEscalation=false",
                own -> Json.string(own, "allowPrivilegeEscalation").equals("false"));
        tell(
                broken,
                spec,
                "unrestricted capabilities",
                "must set securityContext.capabilities.drop=[\"ALL\"]",
                own -> Json.strings(own, "capabilities", "drop").contains("ALL"));
        for (JsonObject volume : Json.objects(spec, "volumes")) {
            volume.keySet().stream()
                    .filter(type -> !type.equals("name") && !VOLUMES.contains(type))
                    .forEach(type ->
                            broken.add("restricted volume types (volume \"%s\" uses restricted volume type \"%s\")"
                                    .formatted(Json.string(volume, "name"), type)));
        }
        if (!Json.flag(ofPod, "runAsNonRoot")) {
            tell(
                    broken,
                    spec,
                    "runAsNonRoot != true",
                    "must set securityContext.runAsNonRoot=true",
                    own -> Json.flag(own, "runAsNonRoot"));
        }
        if (Json.string(ofPod, "runAsUser").equals("0")) {
            broken.add("runAsUser=0 (pod must not set runAsUser=0)");
        }
        if (!isSeccomp(ofPod)) {
            tell(
                    broken,
                    spec,
                    "seccompProfile",
                    "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
                    PodSecurity::isSeccomp);
        }
        if (!broken.isEmpty()) {
            throw Failure.forbidden(
                    Kind.POD,
                    Json.name(pod),
                    "violates PodSecurity \"restricted:latest\": " + String.join(", ", broken));
        }
    }

    private static boolean isSeccomp(JsonObject context) {
        return Set.of("RuntimeDefault", "Localhost").contains(Json.string(context, "seccompProfile", "type"));
    }

    private static void tell(
            List<String> broken, JsonObject spec, String what, String must, Predicate<JsonObject> holds) {
        var names = new ArrayList<String>();
        for (String list : List.of("initContainers", "containers")) {
            for (JsonObject container : Json.objects(spec, list)) {
                if (!holds.test(Json.object(container, "securityContext"))) {
                    names.add("\"" + Json.string(container, "name") + "\"");
                }
            }
        }
        if (!names.isEmpty()) {
            broken.add("%s (%s %s %s)"
                    .formatted(what, names.size() == 1 ? "container" : "containers", String.join(", ", names), must));
        }
    }
}
