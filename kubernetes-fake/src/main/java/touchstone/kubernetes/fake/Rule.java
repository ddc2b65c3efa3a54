package touchstone.kubernetes.fake;

import java.util.Set;

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
