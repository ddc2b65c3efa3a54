package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import touchstone.api.app.AccessWorld.Actor;
import touchstone.api.app.Person.Answer;

/** {@code /openapi.json} says what is served, and {@code /openapi} shows it. */
final class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

    private final TestHouse house = TestHouse.on(DatabaseKind.H2);
    private final JsonNode document = house.nobody().get("/openapi.json").json();
    private final ApiSchema schema = new ApiSchema(document);
    private final List<String> wrong = new ArrayList<>();

    private interface Visit {
        void operation(String method, String path, JsonNode described);
    }

    private void forEach(Visit visit) {
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (METHODS.contains(operation.getKey()))
                        visit.operation(operation.getKey(), path.getKey(), operation.getValue());
                }));
    }

    @Test
    void everyOperationIsDescribed() {
        forEach((method, path, described) -> {
            String name = method + " " + path + " ";
            if (described.path("summary").asText().isBlank()) wrong.add(name + "has no summary");
            if (described.path("tags").isEmpty()) wrong.add(name + "has no tag");
            if (!described.has("security")) wrong.add(name + "does not say who may call it");
            if (!described.at("/responses/default/content").has("application/problem+json"))
                wrong.add(name + "does not say how it refuses");
            boolean answers = false;
            for (JsonNode response : described.get("responses"))
                for (JsonNode media : response.path("content"))
                    if (media.path("schema").isEmpty()) wrong.add(name + "answers with what it does not describe");
            for (String status : List.of("200", "201", "204"))
                answers |= described.get("responses").has(status);
            if (!answers) wrong.add(name + "says nothing of success");
            for (JsonNode media : described.at("/requestBody/content"))
                if (media.path("schema").isEmpty()) wrong.add(name + "takes what it does not describe");
        });
        assertEquals(List.of(), wrong);
        assertEquals(List.of(), schema.dangling());
        assertEquals(Set.of("token", "session", "job"), names(document.at("/components/securitySchemes")));
        assertFalse(document.toString().contains("tokenDigest"), "who calls is no part of a request");
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new java.util.TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void realAnswersAreAsDescribed() {
        AccessWorld world = new AccessWorld(house, "public");
        Set<String> seen = new java.util.TreeSet<>();
        forEach((method, path, described) -> {
            String there =
                    VARIABLE.matcher(path).replaceAll(found -> Matcher.quoteReplacement(thing(world, found.group(1))));
            boolean reads = method.equals("get");
            byte[] body = reads || method.equals("delete") ? new byte[0] : new byte[] {'{', '}'};
            for (Actor actor : List.of(Actor.NOBODY, Actor.ALICE, Actor.ORGANIZER, Actor.ADMINISTRATOR)) {
                Answer answer =
                        world.person(actor).send(method.toUpperCase(), there, reads ? null : "application/json", body);
                for (String mistake : schema.mistakes(method, path, answer))
                    wrong.add(method + " " + path + " answers " + actor + " with " + answer.status() + ": " + mistake);
                if (answer.status() < 300) seen.add(method + " " + path);
            }
        });
        said(
                world,
                "/api/accounts",
                "{\"name\": \"%s\", \"password\": \"a long password\"}".formatted("n" + System.nanoTime()));
        said(world, "/api/tokens", "{\"name\": \"of the description\"}");
        assertEquals(List.of(), wrong);
        assertTrue(seen.size() >= 12, seen.toString());
    }

    private void said(AccessWorld world, String path, String body) {
        Answer answer = world.person(Actor.ALICE).postJson(path, body);
        assertEquals(201, answer.status(), answer.text());
        for (String mistake : schema.mistakes("post", path, answer)) wrong.add("post " + path + ": " + mistake);
    }

    private static String thing(AccessWorld world, String name) {
        return switch (name) {
            case "task" -> world.task;
            case "id" -> world.thing("submission");
            default -> AccessWorld.nothing(name.equals("attempt") || name.equals("seq") ? "1" : name);
        };
    }

    /** It works without any other site, under the policy that all pages have. */
    @Test
    void aPageShowsItFromThisServerAlone() {
        Answer page = house.nobody().get("/openapi", "Accept", "text/html");
        assertEquals(200, page.status());
        assertTrue(page.header("Content-Type").startsWith("text/html"));
        assertTrue(page.header("Content-Security-Policy").contains("script-src 'self';"));
        assertFalse(page.text().contains("//"), page.text());
        Matcher parts = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.text());
        List<String> types = new ArrayList<>();
        while (parts.find()) {
            Answer part = house.nobody().get(parts.group(1));
            assertEquals(200, part.status(), parts.group(1));
            assertTrue(part.bytes().length > 100);
            types.add(part.header("Content-Type").split(";")[0]);
        }
        assertEquals(List.of("text/css", "text/javascript", "text/javascript"), types);
        assertEquals(404, house.nobody().get("/openapi/index.html").status());
    }
}
