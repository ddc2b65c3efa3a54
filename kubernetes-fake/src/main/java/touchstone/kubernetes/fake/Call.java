package touchstone.kubernetes.fake;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks, in the words of Kubernetes's rights: {@code verb} is get, list, watch, create, update, patch, delete or
 * deletecollection; {@code name}, {@code namespace} and {@code subresource} are empty where there is none.
 */
record Call(
        String verb,
        String group,
        String namespace,
        String resource,
        String name,
        String subresource,
        Map<String, String> query) {

    /** Reads a path such as {@code /apis/batch/v1/namespaces/judging/jobs/one/status}. */
    static Call of(HttpExchange exchange) {
        var steps = List.of(exchange.getRequestURI().getRawPath().substring(1).split("/")).stream()
                .map(Call::decoded)
                .toList();
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        int at;
        String group;
        if (steps.size() > 2 && steps.get(0).equals("api") && steps.get(1).equals("v1")) {
            group = "";
            at = 2;
        } else if (steps.size() > 3
                && steps.get(0).equals("apis")
                && steps.get(2).equals("v1")) {
            group = steps.get(1);
            at = 3;
        } else {
            throw Failure.noSuchPath();
        }
        String namespace = "";
        boolean inside = steps.size() > at + 2 && !List.of("status", "finalize").contains(steps.get(at + 2));
        if (steps.get(at).equals("namespaces") && inside) {
            namespace = steps.get(at + 1);
            at += 2;
        } else if (steps.get(at).equals("namespaces") && steps.size() > at + 1) {
            namespace = steps.get(at + 1);
        }
        String resource = steps.get(at);
        String name = steps.size() > at + 1 ? steps.get(at + 1) : "";
        String subresource = steps.size() > at + 2 ? steps.get(at + 2) : "";
        return new Call(
                verb(exchange.getRequestMethod(), name, query), group, namespace, resource, name, subresource, query);
    }

    private static String verb(String method, String name, Map<String, String> query) {
        return switch (method) {
            case "GET" -> {
                if (!name.isEmpty()) {
                    yield "get";
                }
                yield List.of("true", "1").contains(query.getOrDefault("watch", "")) ? "watch" : "list";
            }
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> throw Failure.of(405, "MethodNotAllowed", "the server does not allow this method");
        };
    }

    private static Map<String, String> query(@Nullable String raw) {
        var query = new HashMap<String, String>();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] parts = pair.split("=", 2);
                query.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** As rights name it: {@code pods} or {@code pods/log}. */
    String fullResource() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }

    String option(String name) {
        return query.getOrDefault(name, "");
    }

    boolean flag(String name) {
        return option(name).equals("true") || option(name).equals("1");
    }

    long number(String name, long otherwise) {
        String text = option(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Failure.badRequest("%s: Invalid value: \"%s\": must be a number".formatted(name, text));
        }
    }

    boolean dryRun() {
        return option("dryRun").equals("All");
    }
}
