package touchstone.api.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Holds what is served against {@code /openapi.json}: as much of OpenAPI 3.0 as that uses, and no field that it does not tell of. */
final class ApiSchema {
    private final JsonNode document;

    ApiSchema(JsonNode document) {
        this.document = document;
    }

    /** What is wrong with an answer, by place; empty = as described. @param path as the document writes it */
    List<String> mistakes(String method, String path, Person.Answer answer) {
        JsonNode responses = document.path("paths")
                .path(path)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses");
        if (answer.status() >= 500) return List.of("a fault of ours: " + answer.text());
        String status = Integer.toString(answer.status());
        if (!responses.has(status) && answer.status() < 400) return List.of("status " + status + " is not described");
        JsonNode content =
                responses.path(responses.has(status) ? status : "default").path("content");
        if (content.isMissingNode())
            return answer.bytes().length == 0 ? List.of() : List.of("a body where none is described");
        String type = answer.header("Content-Type").split(";")[0].strip();
        if (!content.has(type)) return List.of("'" + type + "' is not described");
        List<String> mistakes = new ArrayList<>();
        if (type.endsWith("json")) check(content.path(type).path("schema"), answer.json(), "", mistakes);
        return mistakes;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> mistakes) {
        JsonNode resolved = resolved(schema);
        if (value.isNull()) {
            if (!schema.path("nullable").asBoolean()
                    && !resolved.path("nullable").asBoolean()) mistakes.add(at + " is null");
            return;
        }
        for (JsonNode part : resolved.path("allOf")) check(part, value, at, mistakes);
        if (resolved.has("enum") && !contains(resolved.get("enum"), value)) mistakes.add(at + " is " + value);
        String type = resolved.path("type").asText();
        if (!type.isEmpty() && !isOf(type, value)) {
            mistakes.add(at + " is no " + type + " but " + value.getNodeType());
            return;
        }
        if (type.equals("array")) {
            for (int i = 0; i < value.size(); i++)
                check(resolved.path("items"), value.get(i), at + "[" + i + "]", mistakes);
        }
        if (type.equals("object")) object(resolved, value, at, mistakes);
    }

    private void object(JsonNode schema, JsonNode value, String at, List<String> mistakes) {
        for (JsonNode name : schema.path("required"))
            if (!value.has(name.asText())) mistakes.add(at + "." + name.asText() + " is missing");
        JsonNode properties = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        boolean closed = !properties.isEmpty() && others.isMissingNode();
        value.properties().forEach(field -> {
            String place = at + "." + field.getKey();
            if (properties.has(field.getKey()))
                check(properties.get(field.getKey()), field.getValue(), place, mistakes);
            else if (others.isObject()) check(others, field.getValue(), place, mistakes);
            else if (closed) mistakes.add(place + " is not described");
        });
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : resolved(document.at(reference.substring(1)));
    }

    /** Every reference that leads nowhere. */
    List<String> dangling() {
        return document.findValuesAsText("$ref").stream()
                .filter(reference -> document.at(reference.substring(1)).isMissingNode())
                .distinct()
                .toList();
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode one : values) if (one.equals(value)) return true;
        return false;
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> false;
        };
    }
}
