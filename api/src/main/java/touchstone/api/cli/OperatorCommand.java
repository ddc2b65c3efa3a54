package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an operator sees and does on a server that runs, with a token of an administrator or of a task's organizer. */
@Command(
        name = "operator",
        description = "What an operator sees and does on a server that runs. Needs a token of an administrator; an"
                + " organizer names a task of their own.",
        subcommands = {
            OperatorCommand.Queue.class,
            OperatorCommand.Runs.class,
            OperatorCommand.Attempts.class,
            OperatorCommand.Log.class,
            OperatorCommand.Kill.class,
            OperatorCommand.Requeue.class,
            OperatorCommand.Cancel.class,
            OperatorCommand.First.class,
            OperatorCommand.Limit.class,
            OperatorCommand.Instances.class,
            OperatorCommand.Drain.class,
            OperatorCommand.Undrain.class,
            OperatorCommand.Failures.class,
            OperatorCommand.Time.class,
            OperatorCommand.AuditLog.class
        })
final class OperatorCommand {
    private static final String API = "api/operator/";

    private OperatorCommand() {}

    /** @param pairs name and value; a value that is null is left out */
    private static String query(String path, @Nullable Object... pairs) {
        List<String> given = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2)
            if (pairs[i + 1] != null) given.add(pairs[i] + "=" + ApiClient.part(String.valueOf(pairs[i + 1])));
        return API + path + (given.isEmpty() ? "" : "?" + String.join("&", given));
    }

    /** Numbers and words of an answer in a line, in this order. */
    private static String line(JsonNode item, String... names) {
        List<String> words = new ArrayList<>();
        for (String name : names) {
            JsonNode value = item.path(name);
            words.add(value.isNull() || value.isMissingNode() ? "-" : value.asText());
        }
        return String.join("  ", words);
    }

    /** A list, page by page. */
    abstract static class Listing implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        PageOptions page = new PageOptions();

        Integer show(String path, Function<JsonNode, String> line) {
            JsonNode list = server.client().get(page.of(path)).json();
            if (server.json()) System.out.println(list);
            else page.print(list, line);
            return Exit.DONE;
        }
    }

    /** A list that an organizer may ask for a task. */
    abstract static class OfTask extends Listing {
        @Option(names = "--task", paramLabel = "NAME", description = "Of this task alone.")
        @Nullable
        String task;
    }

    /** A list over the time before now. */
    abstract static class OverTime extends OfTask {
        @Option(names = "--hours", description = "Of the last hours (24).")
        @Nullable
        Integer hours;
    }

    /** A list of what happened to runs. */
    abstract static class OfRuns extends OfTask {
        @Option(names = "--team", description = "Of this team alone; a name or an id.")
        @Nullable
        String team;

        @Option(names = "--state", description = "Only what is in this state.")
        @Nullable
        String state;

        @Option(names = "--fault", description = "Only what ended by this fault, such as ours or limit.")
        @Nullable
        String fault;
    }

    /** Does one thing and shows what it was done to. */
    abstract static class Act implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        Integer show(ApiClient client, String path, String sentence) {
            JsonNode made = client.postJson(API + path, JsonNodeFactory.instance.objectNode())
                    .json();
            System.out.println(server.json() ? made : sentence);
            return Exit.DONE;
        }
    }

    @Command(name = "queue", description = "Runs that wait, how long, and why they have not been started.")
    static final class Queue extends OfTask {
        @Override
        public Integer call() {
            return show(
                    query("queue", "task", task),
                    item -> line(item, "run", "submission", "task", "team", "seedIndex")
                            + "  " + item.path("waitingSeconds").asLong() + " s  "
                            + item.path("why").asText());
        }
    }

    @Command(name = "runs", description = "Runs, newest first. States: waiting, running, done, held, cancelled.")
    static final class Runs extends OfRuns {
        @Override
        public Integer call() {
            return show(
                    query("runs", "task", task, "team", team, "state", state, "fault", fault),
                    item -> line(
                            item,
                            "run",
                            "submission",
                            "task",
                            "team",
                            "seedIndex",
                            "state",
                            "attempts",
                            "lastFault",
                            "lastDetail"));
        }
    }

    @Command(
            name = "attempts",
            description = "Attempts and how they ended, the one started last first. States: starting, running, ended.")
    static final class Attempts extends OfRuns {
        @Option(names = "--run", paramLabel = "RUN", description = "Of this run alone.")
        private @Nullable String run;

        @Override
        public Integer call() {
            return show(
                    query("attempts", "task", task, "team", team, "state", state, "fault", fault, "run", run),
                    item -> line(item, "run", "attempt", "task", "team", "state", "phase", "host", "node") + "  "
                            + item.path("seconds").asLong() + " s  " + line(item, "fault", "detail")
                            + where(item.path("fingerprint")));
        }

        /** What a score may depend on, so far as the job has told it; {@code --json} has all of it. */
        private static String where(JsonNode fingerprint) {
            List<String> words = new ArrayList<>();
            JsonNode digest = fingerprint.path("imageDigest");
            for (String name : List.of("gpu", "driver", "image")) {
                JsonNode value = name.equals("image") && digest.isTextual() ? digest : fingerprint.path(name);
                if (value.isTextual()) words.add(name + " " + value.asText());
            }
            return words.isEmpty() ? "" : "  " + String.join(", ", words);
        }
    }

    /** One attempt of a run. */
    abstract static class OfAttempt extends Act {
        @Parameters(paramLabel = "RUN", description = "A run's id, as runs and attempts show it.")
        String run = "";

        @Option(names = "--attempt", paramLabel = "N", description = "Its number; the last one when left out.")
        @Nullable
        Integer attempt;

        String path(ApiClient client) {
            int number = attempt == null ? last(client) : attempt;
            return "runs/" + ApiClient.part(run) + "/attempts/" + number;
        }

        private int last(ApiClient client) {
            JsonNode attempts = client.get(query("attempts", "run", run)).json().path("items");
            if (attempts.isEmpty()) throw new Ended(Exit.FORBIDDEN, "This run has had no attempt yet.");
            return attempts.path(0).path("attempt").asInt();
        }
    }

    @Command(name = "log", description = "What the command that failed printed, its last 64 KB.")
    static final class Log extends OfAttempt {
        private static final String NOTHING =
                "Nothing is kept: it printed nothing, ended well or runs, its machine took it along, or it is 90 days old.";

        @Override
        public Integer call() {
            ApiClient client = server.client();
            String text = client.get(API + path(client) + "/log").text();
            if (server.json()) System.out.println("{\"log\":" + ApiClient.quoted(text) + "}");
            else System.out.println(text.isEmpty() ? NOTHING : text);
            return Exit.DONE;
        }
    }

    @Command(name = "kill", description = "Ends an attempt. Its run goes back into the queue and loses no try.")
    static final class Kill extends OfAttempt {
        @Override
        public Integer call() {
            ApiClient client = server.client();
            return show(client, path(client) + "/kill", "Ended; the run is in the queue again.");
        }
    }

    @Command(name = "requeue", description = "Puts a run that is held back into the queue, with all of its judging's.")
    static final class Requeue extends Act {
        @Parameters(paramLabel = "RUN", description = "A run's id, as 'runs --state held' shows it.")
        private String run = "";

        @Override
        public Integer call() {
            return show(server.client(), "runs/" + ApiClient.part(run) + "/requeue", "The run is in the queue again.");
        }
    }

    @Command(
            name = "cancel",
            description =
                    "Ends a submission that is not judged yet, for good. Nothing is charged; everybody reads the reason.")
    static final class Cancel implements Callable<Integer> {
        @Mixin
        private ServerOptions server = new ServerOptions();

        @Parameters(paramLabel = "SUBMISSION", description = "A submission's id, as runs and queue show it.")
        private String submission = "";

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "One line.")
        private String reason = "";

        @Override
        public Integer call() {
            JsonNode cancelled = server.client()
                    .postJson(
                            API + "submissions/" + ApiClient.part(submission) + "/cancel",
                            JsonNodeFactory.instance.objectNode().put("reason", reason))
                    .json();
            System.out.println(server.json() ? cancelled : "It is cancelled.");
            return Exit.DONE;
        }
    }

    @Command(name = "first", description = "Puts a submission that waits before all others.")
    static final class First implements Callable<Integer> {
        @Mixin
        private ServerOptions server = new ServerOptions();

        @Parameters(paramLabel = "SUBMISSION", description = "A submission's id, as queue shows it.")
        private String submission = "";

        @Option(names = "--undo", description = "Back into its usual turn.")
        private boolean undo;

        @Override
        public Integer call() {
            server.client()
                    .putJson(
                            API + "submissions/" + ApiClient.part(submission) + "/priority",
                            JsonNodeFactory.instance.objectNode().put("first", !undo));
            System.out.println(server.json() ? "{}" : undo ? "It is back in its turn." : "It is the next.");
            return Exit.DONE;
        }
    }

    @Command(
            name = "limit",
            description = "Shows how many judgings may run at a time, of the house and of tasks, or sets one limit.")
    static final class Limit implements Callable<Integer> {
        @Mixin
        private ServerOptions server = new ServerOptions();

        @Option(names = "--task", paramLabel = "NAME", description = "The limit of this task; else of the house.")
        private @Nullable String task;

        @Parameters(
                paramLabel = "N",
                arity = "0..1",
                description = "Judgings at a time; 'none' = no limit. Without it nothing is changed.")
        private @Nullable String most;

        @Override
        public Integer call() {
            JsonNode limits = most == null ? server.client().get(API + "limits").json() : set(server.client(), most);
            if (server.json()) System.out.println(limits);
            else print(limits);
            return Exit.DONE;
        }

        private JsonNode set(ApiClient client, String wanted) {
            if (!wanted.matches("none|[0-9]{1,9}"))
                throw new Ended(Exit.USAGE, "\"" + wanted + "\" is no limit; write a number, or none.");
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            if (wanted.equals("none")) body.putNull("running");
            else body.put("running", Integer.parseInt(wanted));
            String path = API + "limits/" + (task == null ? "house" : "tasks/" + ApiClient.part(task));
            return client.putJson(path, body).json();
        }

        private static void print(JsonNode limits) {
            System.out.println("house  "
                    + (limits.path("house").isNull()
                            ? "-"
                            : limits.path("house").asText()));
            for (JsonNode one : limits.path("tasks")) System.out.println(line(one, "task", "running"));
        }
    }

    @Command(name = "instances", description = "Servers that run jobs, or did in the last day.")
    static final class Instances extends Listing {
        @Override
        public Integer call() {
            return show(
                    query("instances"),
                    item -> line(item, "instance", "host", "started") + "  seen "
                            + item.path("seenSecondsAgo").asLong() + " s ago  "
                            + item.path("jobs").asInt() + " jobs"
                            + (item.path("drained").isNull() ? "" : "  drained")
                            + (item.path("trouble").isNull()
                                    ? ""
                                    : "  trouble: " + item.path("trouble").asText()));
        }
    }

    @Command(name = "drain", description = "A server starts no more jobs; what it runs goes on.")
    static final class Drain extends Act {
        @Parameters(paramLabel = "INSTANCE", description = "As instances shows it.")
        private String instance = "";

        @Override
        public Integer call() {
            return show(server.client(), "instances/" + ApiClient.part(instance) + "/drain", "It starts no more jobs.");
        }
    }

    @Command(name = "undrain", description = "A drained server starts jobs again.")
    static final class Undrain extends Act {
        @Parameters(paramLabel = "INSTANCE", description = "As instances shows it.")
        private String instance = "";

        @Override
        public Integer call() {
            return show(server.client(), "instances/" + ApiClient.part(instance) + "/undrain", "It starts jobs again.");
        }
    }

    @Command(name = "failures", description = "How attempts ended, by task and fault. none = well.")
    static final class Failures extends OverTime {
        @Override
        public Integer call() {
            return show(
                    query("failures", "task", task, "hours", hours),
                    item -> line(item, "task", "fault", "attempts")
                            + String.format(
                                    Locale.ROOT,
                                    "  %.1f%%",
                                    100 * item.path("share").asDouble()));
        }
    }

    @Command(name = "time", description = "Seconds of attempts, by task and team, most first.")
    static final class Time extends OverTime {
        @Override
        public Integer call() {
            return show(
                    query("machine-time", "task", task, "hours", hours),
                    item -> line(item, "task", "team", "attempts")
                            + String.format(
                                    Locale.ROOT,
                                    "  %.0f s",
                                    item.path("seconds").asDouble()));
        }
    }

    @Command(name = "audit", description = "Who did what, newest first.")
    static final class AuditLog extends Listing {
        @Option(names = "--actor", paramLabel = "NAME", description = "By this account alone.")
        private @Nullable String actor;

        @Option(names = "--act", description = "Such as task.pause, or 'task.' for all that begin so.")
        private @Nullable String act;

        @Option(names = "--object", description = "To this alone: a task's name, a run's id.")
        private @Nullable String object;

        @Override
        public Integer call() {
            return show(
                    query("audit", "actor", actor, "act", act, "object", object),
                    item -> line(item, "at", "actor", "act", "object", "detail"));
        }
    }
}
