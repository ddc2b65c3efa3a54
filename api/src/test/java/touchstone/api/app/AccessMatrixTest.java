package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import touchstone.api.app.AccessWorld.Actor;

/**
 * Who may do what: every operation of {@code /openapi.json} has a row here that says what each kind of person is answered,
 * on a public and on an invited task. An operation without a row fails.
 *
 * <p>To add an endpoint, add a line to {@link #ROWS}, at the end of its feature's:
 *
 * <pre>
 * POST /api/tasks/{task}/pause | 401 403 403 403 400 403 400 | 401 403 403 404 400 404 400
 * </pre>
 *
 * The columns are nobody, Alice (on the team), Bob (on her team), Charlie (a stranger), the task's organizer, another task's
 * organizer, an administrator. Leave the second part out where the address has no variable. All these calls are made, in the
 * order of the rows, with the JSON body <code>{}</code> where the method is POST, PUT or PATCH; a third part is another body,
 * the word {@code zip} one that says it is a zip and is none. Let what changes something be refused for its content (400, 409,
 * 422), so that the rows do not disturb each other: who may do it is looked at before what is in the body. An id is named with
 * its variable, <code>{id=submission}</code>, and made in {@link AccessWorld#thing}; a variable without one stands for what does
 * not exist. A row that is missing or wrong is printed as it should be: read it, and copy it if it is what you meant.
 *
 * <p>Besides, whoever is answered 404 must be answered the very same where there is nothing.
 */
@OnEachDatabase
final class AccessMatrixTest {

    //  method path | on the public task | on the invited one | body
    //  columns: nobody alice bob charlie organizer other-organizer administrator
    private static final String ROWS = """
            POST   /api/accounts                                        | 400 400 400 400 400 400 400
            GET    /api/session                                         | 200 200 200 200 200 200 200
            POST   /api/session                                         | 400 400 400 400 400 400 400
            DELETE /api/session                                         | 204 204 204 204 204 204 204
            GET    /api/tokens                                          | 401 200 200 200 200 200 200
            POST   /api/tokens                                          | 401 400 400 400 400 400 400
            DELETE /api/tokens/{id=token}                               | 401 204 404 404 404 404 404 | 401 204 404 404 404 404 404

            GET    /api/accounts                                        | 401 403 403 403 403 403 200
            PUT    /api/accounts/{name}/rights                          | 401 403 403 403 403 403 404 | 401 403 403 403 403 403 404

            GET    /api/tasks                                           | 200 200 200 200 200 200 200
            POST   /api/tasks                                           | 401 403 403 403 422 422 422 | | zip
            GET    /api/tasks/{task}                                    | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            GET    /api/tasks/{task}/changes                            | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            GET    /api/tasks/{task}/data                               | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200

            GET    /api/tasks/{task}/organizers                         | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            POST   /api/tasks/{task}/organizers                         | 401 403 403 403 400 403 400 | 401 403 403 404 400 404 400
            DELETE /api/tasks/{task}/organizers/{name}                  | 401 403 403 403 404 403 404 | 401 403 403 404 404 404 404
            GET    /api/tasks/{task}/invitations                        | 401 403 403 403 200 403 200 | 401 403 403 404 200 404 200
            POST   /api/tasks/{task}/invitations                        | 401 403 403 403 400 403 400 | 401 403 403 404 400 404 400 | {"uses": 0}
            DELETE /api/tasks/{task}/invitations/{id=invitation}        | 401 403 403 403 204 403 204 | 401 403 403 404 204 404 204
            POST   /api/invitations/accept                              | 401 422 422 422 422 422 422

            GET    /api/tasks/{task}/team                               | 401 200 200 404 404 404 404 | 401 200 200 404 404 404 404
            POST   /api/tasks/{task}/team                               | 401 400 400 400 400 400 400 | 401 400 400 404 400 404 400
            PATCH  /api/tasks/{task}/team                               | 401 200 403 404 404 404 404 | 401 200 403 404 404 404 404
            POST   /api/tasks/{task}/team/invitations                   | 401 409 403 404 404 404 404 | 401 409 403 404 404 404 404
            DELETE /api/tasks/{task}/team/invitations/{id=team-invitation} | 401 204 403 404 404 404 404 | 401 204 403 404 404 404 404
            POST   /api/tasks/{task}/team/join                          | 401 422 422 422 422 422 422 | 401 422 422 404 422 404 422
            POST   /api/tasks/{task}/team/leave                         | 401 409 409 404 404 404 404 | 401 409 409 404 404 404 404
            DELETE /api/tasks/{task}/team/members/{name}                | 401 422 403 404 404 404 404 | 401 422 403 404 404 404 404
            GET    /api/tasks/{task}/teams                              | 401 403 403 403 200 403 200 | 401 403 403 404 200 404 200
            POST   /api/tasks/{task}/teams/{id=team}/unfreeze           | 401 403 403 403 204 403 204 | 401 403 403 404 204 404 204
            POST   /api/tasks/{task}/teams/{id=team}/freeze             | 401 403 403 403 204 403 204 | 401 403 403 404 204 404 204

            POST   /api/tasks/{task}/strategies/check                   | 401 422 422 422 422 422 422 | 401 422 422 404 422 404 422 | zip
            GET    /api/tasks/{task}/quota                              | 401 200 200 200 200 200 200 | 401 200 200 404 200 404 200
            GET    /api/tasks/{task}/submissions                        | 401 200 200 200 200 200 200 | 401 200 200 404 200 404 200
            POST   /api/tasks/{task}/pause                              | 401 403 403 403 422 403 422 | 401 403 403 404 422 404 422
            POST   /api/tasks/{task}/resume                             | 401 403 403 403 409 403 409 | 401 403 403 404 409 404 409
            POST   /api/tasks/{task}/withdraw                           | 401 403 403 403 422 403 422 | 401 403 403 404 422 404 422
            PUT    /api/tasks/{task}/phases                             | 401 403 403 403 200 403 200 | 401 403 403 404 200 404 200
            GET    /api/tasks/{task}/announcements                      | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            POST   /api/tasks/{task}/announcements                      | 401 403 403 403 422 403 422 | 401 403 403 404 422 404 422
            GET    /api/tasks/{task}/announcements/{id}                 | 404 404 404 404 404 404 404 | 404 404 404 404 404 404 404
            GET    /api/tasks/{task}/draft                              | 401 403 403 403 404 403 404 | 401 403 403 404 404 404 404
            POST   /api/tasks/{task}/try-out                            | 401 403 403 403 409 403 409 | 401 403 403 404 409 404 409
            GET    /api/tasks/{task}/try-out                            | 401 403 403 403 404 403 404 | 401 403 403 404 404 404 404
            GET    /api/tasks/{task}/export                             | 401 403 403 403 200 403 200 | 401 403 403 404 200 404 200
            POST   /api/tasks/{task}/clone                              | 401 403 403 403 422 403 422 | 401 403 403 404 422 404 422
            GET    /api/tasks/{task}/croissant                          | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            POST   /api/tasks/{task}/publish                            | 401 403 403 403 409 403 409 | 401 403 403 404 409 404 409

            POST   /api/tasks/{task}/submissions                        | 401 422 422 422 422 422 422 | 401 422 422 404 422 404 422 | {"strategy": "none"}
            GET    /api/submissions/{id=submission}                     | 401 200 200 404 200 404 200 | 401 200 200 404 200 404 200
            POST   /api/submissions/{id=submission}/cancel              | 401 200 200 404 404 404 404 | 401 200 200 404 404 404 404
            POST   /api/operator/submissions/{id=submission}/cancel     | 401 403 403 404 422 404 422 | 401 403 403 404 422 404 422

            GET    /api/tasks/{task}/leaderboard                        | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            GET    /api/tasks/{task}/leaderboard/history                | 200 200 200 200 200 200 200 | 404 200 200 404 200 404 200
            GET    /api/tasks/{task}/leaderboard/history/{seq=7}        | 404 404 404 404 404 404 404 | 404 404 404 404 404 404 404
            GET    /api/submissions/{id=submission}/judgings            | 401 200 200 404 200 404 200 | 401 200 200 404 200 404 200

            GET    /api/tasks/{task}/final-choice                       | 401 200 200 409 409 409 409 | 401 200 200 404 409 404 409
            PUT    /api/tasks/{task}/final-choice                       | 401 400 400 400 400 400 400 | 401 400 400 404 400 404 400
            GET    /api/tasks/{task}/judging-sets                       | 401 403 403 403 200 403 200 | 401 403 403 404 200 404 200
            POST   /api/tasks/{task}/judging-sets                       | 401 403 403 403 400 403 400 | 401 403 403 404 400 404 400
            GET    /api/judging-sets/{id=set}                           | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200
            GET    /api/judging-sets/{id=set}/submissions               | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200
            GET    /api/judging-sets/{id=set}/teams                     | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200
            GET    /api/judging-sets/{id=set}/ablations                 | 401 404 404 404 409 404 409 | 401 404 404 404 409 404 409
            POST   /api/judging-sets/{id=set}/leave-out                 | 401 404 404 404 400 404 400 | 401 404 404 404 400 404 400
            POST   /api/judging-sets/{id=set}/apply                     | 401 404 404 404 409 404 409 | 401 404 404 404 409 404 409
            POST   /api/judging-sets/{id=set}/drop                      | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200

            PUT    /api/operator/submissions/{id=submission}/priority   | 401 403 403 403 403 403 400 | 401 403 403 403 403 403 400
            GET    /api/operator/limits                                 | 401 403 403 403 403 403 200
            PUT    /api/operator/limits/house                           | 401 403 403 403 403 403 400 | | {"running": -1}
            PUT    /api/operator/limits/tasks/{task}                    | 401 403 403 403 403 403 400 | 401 403 403 403 403 403 400 | {"running": -1}

            POST   /api/runs/{run}/attempts/{attempt=1}/start           | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            GET    /api/runs/{run}/attempts/{attempt=1}/inputs/{name}   | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            PUT    /api/runs/{run}/attempts/{attempt=1}/beat            | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            PUT    /api/runs/{run}/attempts/{attempt=1}/curve           | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            PUT    /api/runs/{run}/attempts/{attempt=1}/log             | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            PUT    /api/runs/{run}/attempts/{attempt=1}/weights         | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401
            PUT    /api/runs/{run}/attempts/{attempt=1}/result          | 401 401 401 401 401 401 401 | 401 401 401 401 401 401 401

            GET    /health                                              | 200 200 200 200 200 200 200
            GET    /health/liveness                                     | 200 200 200 200 200 200 200
            GET    /health/readiness                                    | 200 200 200 200 200 200 200

            GET    /api/operator/queue                                  | 401 403 403 403 403 403 200
            GET    /api/operator/runs                                   | 401 403 403 403 403 403 200
            GET    /api/operator/attempts                               | 401 403 403 403 403 403 200
            GET    /api/operator/runs/{run=run}/attempts/{attempt=1}    | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200
            GET    /api/operator/runs/{run=run}/attempts/{attempt=1}/log | 401 404 404 404 200 404 200 | 401 404 404 404 200 404 200
            POST   /api/operator/runs/{run=run}/attempts/{attempt=1}/kill | 401 404 404 404 409 404 409 | 401 404 404 404 409 404 409
            POST   /api/operator/runs/{run=run}/requeue                 | 401 404 404 404 409 404 409 | 401 404 404 404 409 404 409
            GET    /api/operator/instances                              | 401 403 403 403 403 403 200
            POST   /api/operator/instances/{instance}/drain             | 401 403 403 403 403 403 404 | 401 403 403 403 403 403 404
            POST   /api/operator/instances/{instance}/undrain           | 401 403 403 403 403 403 404 | 401 403 403 403 403 403 404
            GET    /api/operator/failures                               | 401 403 403 403 403 403 200
            GET    /api/operator/machine-time                           | 401 403 403 403 403 403 200
            GET    /api/operator/audit                                  | 401 403 403 403 403 403 200
            """;

    private static final Pattern VARIABLE = Pattern.compile("\\{([^}=]+)(=([^}]+))?}");
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /**
     * @param path with the names of things
     * @param onInvited empty = the address has no variable
     * @param body empty = what the method has
     */
    private record Row(String method, String path, String onPublic, String onInvited, String body) {

        static Row parse(String line) {
            String[] parts = line.split("\\|", 4);
            String[] operation = parts[0].strip().split(" +");
            return new Row(operation[0], operation[1], part(parts, 1), part(parts, 2), part(parts, 3));
        }

        private static String part(String[] parts, int i) {
            return parts.length > i ? parts[i].strip() : "";
        }

        /** As {@code /openapi.json} writes it. */
        String operation() {
            return method + " " + VARIABLE.matcher(path).replaceAll("{$1}");
        }

        boolean hasVariable() {
            return path.contains("{");
        }

        @Nullable
        String type() {
            if (body.equals("zip")) return "application/zip";
            boolean withoutBody = method.equals("GET") || method.equals("DELETE");
            return withoutBody && body.isEmpty() ? null : "application/json";
        }

        byte[] bytes() {
            return (body.isEmpty() ? "{}" : body).getBytes(StandardCharsets.UTF_8);
        }

        Row answered(String onPublic, String onInvited) {
            return new Row(method, path, onPublic, onInvited, body);
        }

        @Override
        public String toString() {
            String line = "%-6s %-52s | %s".formatted(method, path, onPublic);
            if (hasVariable() || !body.isEmpty()) line += " | " + onInvited;
            return body.isEmpty() ? line : line + " | " + body;
        }
    }

    private final TestHouse house;
    private final AccessWorld open;
    private final AccessWorld invited;

    /** What was found wrong so far, a line each. */
    private final List<String> wrong = new ArrayList<>();

    AccessMatrixTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        open = new AccessWorld(kind, "public");
        invited = new AccessWorld(kind, "invited");
    }

    @Test
    void everybodyGetsWhatTheirRowSays() {
        Set<String> described = described();
        for (Row row : rows()) {
            if (described.remove(row.operation())) check(row);
            else wrong.add("Not in /openapi.json, or twice here: " + row);
        }
        for (String operation : described) wrong.add("Without a row: " + answered(Row.parse(operation)));
        assertTrue(wrong.isEmpty(), () -> "\n" + String.join("\n", wrong) + "\n");
    }

    private static List<Row> rows() {
        return ROWS.lines().filter(line -> !line.isBlank()).map(Row::parse).toList();
    }

    private Set<String> described() {
        Set<String> operations = new TreeSet<>();
        JsonNode paths = house.nobody().get("/openapi.json").json().get("paths");
        paths.properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
            if (METHODS.contains(method)) operations.add(method.toUpperCase() + " " + path.getKey());
        }));
        return operations;
    }

    private void check(Row row) {
        Row answered = answered(row);
        if (!answered.equals(row)) wrong.add("Is answered: " + answered + "\n   but says: " + row);
    }

    private Row answered(Row row) {
        return row.answered(ask(row, open), row.hasVariable() ? ask(row, invited) : "");
    }

    /** What each of the people is answered, in the order of the columns. */
    private String ask(Row row, AccessWorld world) {
        String there = path(row, world::thing, world.task);
        String nowhere = path(row, AccessWorld::nothing, "no-such-task");
        List<String> statuses = new ArrayList<>();
        for (Actor actor : Actor.values()) {
            Person.Answer answer = world.person(actor).send(row.method(), there, row.type(), row.bytes());
            statuses.add(Integer.toString(answer.status()));
            if (answer.status() >= 400) isProblem(row, actor, answer);
            if (answer.status() == 404)
                same(row, actor, answer, world.person(actor).send(row.method(), nowhere, row.type(), row.bytes()));
        }
        return String.join(" ", statuses);
    }

    private static String path(Row row, UnaryOperator<String> thing, String task) {
        return VARIABLE.matcher(row.path())
                .replaceAll(found -> found.group(1).equals("task") && found.group(3) == null
                        ? task
                        : thing.apply(found.group(3) == null ? "nothing" : found.group(3)));
    }

    /** Nobody learns by asking whether something hidden exists. */
    private void same(Row row, Actor actor, Person.Answer hidden, Person.Answer absent) {
        if (absent.status() != 404 || !hidden.textOfAll().equals(absent.textOfAll()))
            wrong.add(row.operation() + " tells " + actor + " what exists: " + hidden.text() + " but for what does not "
                    + absent.status() + " " + absent.text());
    }

    private void isProblem(Row row, Actor actor, Person.Answer answer) {
        boolean is = answer.header("Content-Type").startsWith("application/problem+json")
                && answer.json().path("status").asInt() == answer.status()
                && !answer.code().isEmpty();
        if (answer.status() >= 500 || !is) wrong.add(row.operation() + " answers " + actor + " with " + answer.text());
    }
}
