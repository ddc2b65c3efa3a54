package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AuthorizationV1Api;
import io.kubernetes.client.openapi.models.V1ResourceAttributes;
import io.kubernetes.client.openapi.models.V1ResourceRule;
import io.kubernetes.client.openapi.models.V1SelfSubjectAccessReview;
import io.kubernetes.client.openapi.models.V1SelfSubjectAccessReviewSpec;
import io.kubernetes.client.openapi.models.V1SelfSubjectRulesReview;
import io.kubernetes.client.openapi.models.V1SelfSubjectRulesReviewSpec;
import io.kubernetes.client.openapi.models.V1SubjectRulesReviewStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether an account may do in the jobs' namespace what the server does there, and nothing else anywhere. */
final class RightsCheck {
    private static final String NAME = "rights";
    private static final String ALL = "*";

    /** Group, resource and verb, as a Role writes them. */
    private record Right(String group, String resource, String verb) {}

    /** {@code k8s/base/access.yaml} gives them. */
    private static final List<Right> NEEDED = all(
            rights("batch", "jobs", "create", "get", "list", "watch", "delete"),
            rights("", "pods", "get", "list", "watch"),
            rights("", "pods/log", "get"),
            rights("", "secrets", "create", "delete"));

    /** Asked one by one too: a cluster need not list all that an account may. */
    private static final List<Right> DANGEROUS =
            all(rights("", "secrets", "get", "list"), rights("", "pods", "create"), rights("", "pods/exec", "create"));

    private static final List<Right> OF_THE_WHOLE_CLUSTER = all(
            rights(ALL, ALL, ALL),
            rights("", "secrets", "get", "list"),
            rights("", "pods", "list", "create"),
            rights("batch", "jobs", "list", "create"),
            rights("", "nodes", "list"),
            rights("", "namespaces", "list"));

    /** What Kubernetes lets every account do: ask about itself, and read the cluster's public certificates. */
    private static final Set<String> EVERYBODYS_GROUPS =
            Set.of("authorization.k8s.io", "authentication.k8s.io", "certificates.k8s.io");

    private final AuthorizationV1Api api;
    private final String namespace;

    RightsCheck(ApiClient client, String namespace) {
        this.api = new AuthorizationV1Api(client);
        this.namespace = namespace;
    }

    private static List<Right> rights(String group, String resource, String... verbs) {
        return Stream.of(verbs).map(verb -> new Right(group, resource, verb)).toList();
    }

    @SafeVarargs
    private static List<Right> all(List<Right>... parts) {
        return Stream.of(parts).flatMap(List::stream).toList();
    }

    Finding look() throws ApiException {
        Map<String, Set<String>> missing = that(namespace, NEEDED, false);
        Map<String, Set<String>> more = that(namespace, DANGEROUS, true);
        boolean whole = addListed(more);
        Map<String, Set<String>> everywhere = that("", OF_THE_WHOLE_CLUSTER, true);
        if (!missing.isEmpty())
            return Finding.wrong(
                    NAME,
                    "in " + namespace + " the account may not " + told(missing)
                            + ". The Role of k8s/base/access.yaml gives"
                            + " it that: kubectl apply -f k8s/base/access.yaml, and look whether its RoleBinding names"
                            + " the account" + alsoTooMany(more, everywhere));
        if (!more.isEmpty() || !everywhere.isEmpty())
            return Finding.wrong(
                    NAME,
                    "the account may do more than a server needs" + tooMany(more, everywhere)
                            + ". Take away its other RoleBindings and ClusterRoleBindings, so that the Role of"
                            + " k8s/base/access.yaml is all it has; if it is your own account, add --as"
                            + " system:serviceaccount:touchstone:touchstone to look as the server");
        String rest = whole ? ", and nothing else that the cluster lists" : "; the cluster does not list all others";
        return Finding.ok(NAME, "the account may do in " + namespace + " what the server does" + rest);
    }

    /** Those of the rights that the account has, or has not: verbs by resource. */
    private Map<String, Set<String>> that(String where, List<Right> rights, boolean has) throws ApiException {
        Map<String, Set<String>> found = new TreeMap<>();
        for (Right right : rights) if (may(where, right) == has) add(found, right.resource(), right.verb());
        return found;
    }

    /**
     * Adds what the cluster lists and no server needs.
     *
     * @return whether the cluster says that its list is all
     */
    private boolean addListed(Map<String, Set<String>> more) throws ApiException {
        V1SubjectRulesReviewStatus rules = api.createSelfSubjectRulesReview(
                        new V1SelfSubjectRulesReview().spec(new V1SelfSubjectRulesReviewSpec().namespace(namespace)))
                .execute()
                .getStatus();
        for (V1ResourceRule rule : rules.getResourceRules()) {
            for (String group : rule.getApiGroups())
                for (String resource : rule.getResources())
                    for (String verb : rule.getVerbs())
                        if (!EVERYBODYS_GROUPS.contains(group) && !NEEDED.contains(new Right(group, resource, verb)))
                            add(more, resource, verb);
        }
        return !Boolean.TRUE.equals(rules.getIncomplete());
    }

    /** @param where a namespace; empty = everywhere */
    private boolean may(String where, Right right) throws ApiException {
        int part = right.resource().indexOf('/');
        V1ResourceAttributes asked = new V1ResourceAttributes()
                .namespace(where)
                .group(right.group())
                .resource(part < 0 ? right.resource() : right.resource().substring(0, part))
                .subresource(part < 0 ? "" : right.resource().substring(part + 1))
                .verb(right.verb());
        return api.createSelfSubjectAccessReview(new V1SelfSubjectAccessReview()
                        .spec(new V1SelfSubjectAccessReviewSpec().resourceAttributes(asked)))
                .execute()
                .getStatus()
                .getAllowed();
    }

    private static void add(Map<String, Set<String>> rights, String resource, String verb) {
        rights.computeIfAbsent(resource, same -> new TreeSet<>()).add(verb);
    }

    private static String alsoTooMany(Map<String, Set<String>> more, Map<String, Set<String>> everywhere) {
        return more.isEmpty() && everywhere.isEmpty()
                ? ""
                : ". It may also do more than a server needs" + tooMany(more, everywhere);
    }

    private static String tooMany(Map<String, Set<String>> more, Map<String, Set<String>> everywhere) {
        return (more.isEmpty() ? "" : ": in the namespace " + told(more))
                + (everywhere.isEmpty() ? "" : ": in the whole cluster " + told(everywhere));
    }

    /** Such as {@code create, list jobs; get pods/log}. */
    private static String told(Map<String, Set<String>> rights) {
        return rights.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
                .collect(Collectors.joining("; "));
    }
}
