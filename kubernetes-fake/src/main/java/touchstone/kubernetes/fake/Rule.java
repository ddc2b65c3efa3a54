package touchstone.kubernetes.fake;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One line of a Role: these verbs on these resources, in one namespace, or in all where {@code namespace} is {@code *}. A resource is
 * named as RBAC names it ({@code jobs}, {@code pods/log}); {@code *} stands for all.
 */
public record Rule(String namespace, String group, Set<String> resources, Set<String> verbs) {
    public Rule {
        resources = Set.copyOf(resources);
        verbs = Set.copyOf(verbs);
    }

    /** Everything everywhere. */
    public static Rule all() {
        return new Rule("*", "*", Set.of("*"), Set.of("*"));
    }

    /** What the Roles in a file of manifests allow, each in its own namespace. */
    public static Rule[] of(Path manifests) throws IOException {
        List<Rule> rules = new ArrayList<>();
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        for (Object document : yaml.loadAll(Files.readString(manifests))) {
            JsonObject object = new Gson().toJsonTree(document).getAsJsonObject();
            if (Json.string(object, "kind").equals("Role")) {
                for (JsonObject line : Json.objects(object, "rules")) {
                    for (String group : Json.strings(line, "apiGroups")) {
                        rules.add(new Rule(
                                Json.namespace(object),
                                group,
                                Set.copyOf(Json.strings(line, "resources")),
                                Set.copyOf(Json.strings(line, "verbs"))));
                    }
                }
            }
        }
        return rules.toArray(Rule[]::new);
    }

    boolean allows(String wantedNamespace, String wantedGroup, String resource, String verb) {
        return in(wantedNamespace)
                && (group.equals("*") || group.equals(wantedGroup))
                && (resources.contains("*") || resources.contains(resource))
                && (verbs.contains("*") || verbs.contains(verb));
    }

    boolean in(String wantedNamespace) {
        return namespace.equals("*") || namespace.equals(wantedNamespace);
    }
}
