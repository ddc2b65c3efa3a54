package touchstone.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Makes of the description that the compiler wrote the one that is served. The compiler takes who calls for a part of the
 * request, and knows neither what is refused nor how enums are written.
 */
final class ApiDocument {
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String JSON = "application/json";
    /** A task's file is served as the specification names its parts. */
    private static final String OF_TASK_FILE = "TaskFile.";

    private static final String OF_JOBS = "/api/runs/";

    private final ObjectMapper mapper = new ObjectMapper();
    private final ObjectNode document;

    private ApiDocument(ObjectNode document) {
        this.document = document;
    }

    static byte[] of(byte[] compiled) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ApiDocument api = new ApiDocument((ObjectNode) mapper.readTree(compiled));
        api.mend();
        return mapper.writeValueAsBytes(api.document);
    }

    private void mend() {
        document.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> operation(path.getKey(), operation.getKey(), (ObjectNode) operation.getValue())));
        ObjectNode components = (ObjectNode) document.get("components");
        ObjectNode schemas = (ObjectNode) components.get("schemas");
        schemas.remove(List.of("Caller", "Visitor"));
        schemas.properties().forEach(schema -> {
            if (!schema.getKey().startsWith(OF_TASK_FILE)) words(schema.getValue());
        });
        schemas.set("ProblemDocument", problemSchema());
        ((ObjectNode) components.get("securitySchemes"))
                .putObject("job")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "The token of one attempt, which its job was started with.");
    }

    private void operation(String path, String method, ObjectNode operation) {
        boolean maySignIn = dropCallers(operation, "visitor");
        boolean mustSignIn = dropCallers(operation, "caller");
        ObjectNode responses = (ObjectNode) operation.get("responses");
        responses(path, method, operation, responses);
        ArrayNode security = operation.putArray("security");
        if (path.startsWith(OF_JOBS)) {
            security.addObject().putArray("job");
            problem(responses, "401", "No token, or not the one of this attempt.");
            problem(responses, "409", "The attempt is closed; the job stops itself.");
        } else if (maySignIn || mustSignIn) {
            if (maySignIn) security.addObject();
            security.addObject().putArray("token");
            security.addObject().putArray("session");
            problem(responses, "401", "Not signed in, or the token is unknown, expired or deleted.");
        }
        if (path.contains("{")) problem(responses, "404", "Absent, or not yours to see: one answer for both.");
        if (operation.has("requestBody")) {
            problem(responses, "400", "The body cannot be read.");
            problem(responses, "413", "The body is too large.");
            problem(responses, "415", "A body of another kind is needed.");
        }
        problem(responses, "default", "Refused; the code says why: docs/http-errors.md.");
    }

    /** Whether the operation has such a parameter: it stands in the query of what has no body, else in the body. */
    private static boolean dropCallers(ObjectNode operation, String name) {
        boolean found = false;
        for (Iterator<JsonNode> parameters = operation.path("parameters").elements(); parameters.hasNext(); ) {
            JsonNode parameter = parameters.next();
            if (!parameter.path("name").asText().equals(name)
                    || !parameter.path("in").asText().equals("query")) continue;
            parameters.remove();
            found = true;
        }
        JsonNode content = operation.path("requestBody").path("content");
        List<String> types = new ArrayList<>();
        content.fieldNames().forEachRemaining(types::add);
        for (String type : types) {
            ObjectNode media = (ObjectNode) content.get(type);
            JsonNode schema = media.path("schema");
            if (!has(schema, name)) continue;
            found = true;
            ObjectNode rest = without(schema);
            if (!rest.isEmpty()) media.set("schema", rest);
            else if (type.equals(JSON)) ((ObjectNode) content).remove(type);
            else media.putObject("schema").put("type", "string").put("format", "binary");
        }
        if (content.isObject() && content.isEmpty()) operation.remove("requestBody");
        return found;
    }

    private static boolean has(JsonNode schema, String name) {
        if (schema.path("properties").has(name)) return true;
        for (JsonNode part : schema.path("allOf")) if (part.path("properties").has(name)) return true;
        return false;
    }

    /** The one schema beside the caller, or nothing. */
    private static ObjectNode without(JsonNode schema) {
        for (JsonNode part : schema.path("allOf")) if (part.has("$ref")) return (ObjectNode) part;
        return new ObjectMapper().createObjectNode();
    }

    private void responses(String path, String method, ObjectNode operation, ObjectNode responses) {
        JsonNode content = responses.path("200").path("content");
        if (content.isMissingNode()) return;
        if (content.size() == 1 && content.path(JSON).path("schema").equals(anything())) {
            responses.remove("200");
            responses.putObject("204").put("description", "Done.");
            return;
        }
        content.properties().forEach(type -> raw(type.getKey(), (ObjectNode) type.getValue()));
        if (content.path(JSON).path("schema").path("format").asText().equals("binary"))
            ((ObjectNode) content).set("application/octet-stream", ((ObjectNode) content).remove(JSON));
        if (!method.equals("post") || !makes(path)) return;
        ObjectNode made = responses.get("200").deepCopy();
        responses.set("201", made.put("description", "Made; the header Location says where it is."));
        if (path.equals("/api/accounts")) {
            // Who signs up is nobody yet, to whom a key could belong; and a name is there once.
            responses.remove("200");
            return;
        }
        ((ObjectNode) responses.get("200")).put("description", "Was made before.");
        ObjectNode key = operation.withArray("parameters").addObject();
        key.put("name", "Idempotency-Key").put("in", "header");
        key.put("description", "Sent again with the same key, the request makes nothing twice.");
        key.putObject("schema").put("type", "string").put("maxLength", 200);
    }

    private JsonNode anything() {
        return mapper.createObjectNode().put("type", "object");
    }

    /** What is posted to a list makes one of it; what is posted to a verb does not. */
    private static boolean makes(String path) {
        return path.endsWith("s") || path.endsWith("/team");
    }

    private static void raw(String type, ObjectNode media) {
        if (type.equals(JSON)) return;
        ObjectNode schema = media.putObject("schema").put("type", type.endsWith("+json") ? "object" : "string");
        if (type.endsWith("+json")) return;
        if (!type.startsWith("text/")) schema.put("format", "binary");
    }

    private static void problem(ObjectNode responses, String status, String description) {
        if (responses.has(status)) return;
        responses
                .putObject(status)
                .put("description", description)
                .putObject("content")
                .putObject(ProblemDocument.MEDIA_TYPE.getName())
                .putObject("schema")
                .put("$ref", SCHEMAS + "ProblemDocument");
    }

    /** The enums of this server are written as words. */
    private void words(JsonNode schema) {
        if (!(schema.get("enum") instanceof ArrayNode values)) return;
        List<String> words = new ArrayList<>();
        values.forEach(
                value -> words.add(value.asText().toLowerCase(Locale.ROOT).replace('_', '-')));
        values.removeAll();
        words.forEach(values::add);
    }

    private ObjectNode problemSchema() {
        ObjectNode schema = mapper.createObjectNode().put("type", "object");
        schema.put("description", "RFC 9457. \"code\" is stable, for programs; \"detail\" says what to change.");
        ArrayNode required = schema.putArray("required");
        ObjectNode properties = schema.putObject("properties");
        for (String name : List.of("type", "title", "status", "detail", "code")) {
            required.add(name);
            properties.putObject(name).put("type", name.equals("status") ? "integer" : "string");
        }
        properties
                .putObject("instance")
                .put("type", "string")
                .put("description", "The request, as the server's log names it.");
        properties
                .putObject("problems")
                .put("type", "array")
                .put("description", "What is wrong in an uploaded archive, by place; left out where nothing is.")
                .putObject("items")
                .put("$ref", SCHEMAS + "Problem");
        return schema;
    }
}
