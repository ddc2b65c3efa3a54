package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who a bearer token is, and what they may do. */
public final class Rights {
    private static final String ANONYMOUS = "system:anonymous";

    private record User(String name, List<Rule> rules) {}

    private final Map<String, User> users = new ConcurrentHashMap<>();

    Rights() {}

    /**
     * Lets the token in as that user, such as {@code system:serviceaccount:judging:touchstone}; replaces what it had. What it may do
     * in one namespace goes with that.
     */
    public void grant(String token, String user, Rule... rules) {
        users.put(token, new User(user, List.of(rules)));
    }

    /** The namespace goes, and its Roles with it; who they were bound to is still known. */
    void forget(String namespace) {
        users.replaceAll((token, user) -> new User(
                user.name(),
                user.rules().stream()
                        .filter(rule -> !rule.namespace().equals(namespace))
                        .toList()));
    }

    /** The token is answered 401 from now on. */
    public void revoke(String token) {
        users.remove(token);
    }

    /**
     * What to go on with where a user acts for another ({@code Impersonate-User}).
     *
     * @return the token of the other
     */
    @Nullable
    String actingFor(@Nullable String authorization, @Nullable String other) {
        if (other == null) {
            return authorization;
        }
        if (rules(authorization).stream().noneMatch(rule -> rule.allows("", "", "users", "impersonate"))) {
            throw Failure.of(
                    403,
                    "Forbidden",
                    "users \"%s\" is forbidden: User \"%s\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
                            .formatted(other, authenticate(authorization)));
        }
        return users.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(other))
                .map(entry -> "Bearer " + entry.getKey())
                .findFirst()
                .orElse(null);
    }

    /** Answers a SelfSubjectReview. */
    JsonObject review(@Nullable String authorization, JsonObject review) {
        JsonObject answer = review.deepCopy();
        Json.make(answer, "metadata");
        answer.add("status", Json.of("userInfo", Json.of("username", authenticate(authorization))));
        return answer;
    }

    /** The user of that header. */
    String authenticate(@Nullable String authorization) {
        if (authorization == null) {
            return ANONYMOUS;
        }
        return user(authorization).name();
    }

    void authorize(@Nullable String authorization, Call call) {
        List<Rule> rules = rules(authorization);
        if (rules.stream()
                .noneMatch(rule -> rule.allows(call.namespace(), call.group(), call.fullResource(), call.verb()))) {
            Kind kind = Kind.of(call.group(), call.resource()).orElse(Kind.POD);
            throw Failure.forbidden(
                    kind,
                    call.name(),
                    "User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s"
                            .formatted(
                                    authenticate(authorization),
                                    call.verb(),
                                    call.fullResource(),
                                    call.group(),
                                    call.namespace().isEmpty()
                                            ? "at the cluster scope"
                                            : "in the namespace \"%s\"".formatted(call.namespace())));
        }
    }

    private List<Rule> rules(@Nullable String authorization) {
        return authorization == null ? List.of() : user(authorization).rules();
    }

    private User user(String authorization) {
        User user = authorization.startsWith("Bearer ")
                ? users.get(authorization.substring("Bearer ".length()).strip())
                : null;
        if (user == null) {
            throw Failure.unauthorized();
        }
        return user;
    }

    /** Answers a SelfSubjectAccessReview. */
    JsonObject accessReview(@Nullable String authorization, JsonObject review) {
        JsonObject asked = Json.object(review, "spec", "resourceAttributes");
        String subresource = Json.string(asked, "subresource");
        String resource = Json.string(asked, "resource") + (subresource.isEmpty() ? "" : "/" + subresource);
        boolean allowed = rules(authorization).stream()
                .anyMatch(rule -> rule.allows(
                        Json.string(asked, "namespace"),
                        Json.string(asked, "group"),
                        resource,
                        Json.string(asked, "verb")));
        JsonObject answer = review.deepCopy();
        Json.make(answer, "metadata");
        answer.add("status", Json.of("allowed", allowed, "reason", allowed ? "RBAC: allowed" : null));
        return answer;
    }

    /** Answers a SelfSubjectRulesReview. */
    JsonObject rulesReview(@Nullable String authorization, JsonObject review) {
        String namespace = Json.string(review, "spec", "namespace");
        var told = new JsonArray();
        for (Rule rule : rules(authorization)) {
            if (rule.in(namespace)) {
                told.add(Json.of(
                        "verbs",
                        texts(rule.verbs()),
                        "apiGroups",
                        texts(List.of(rule.group())),
                        "resources",
                        texts(rule.resources())));
            }
        }
        JsonObject answer = review.deepCopy();
        Json.make(answer, "metadata");
        answer.add("status", Json.of("resourceRules", told, "nonResourceRules", new JsonArray(), "incomplete", false));
        return answer;
    }

    private static JsonArray texts(Iterable<String> texts) {
        var array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
