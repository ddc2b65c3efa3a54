package touchstone.spec.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import touchstone.spec.catalogue.Metric;
import touchstone.spec.text.Problems;
import touchstone.spec.text.YamlMapping;
import touchstone.spec.text.YamlValue;

/** Reads {@code task.yaml}. */
public final class TaskParser {

    public static final String FILE = "task.yaml";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern LIMIT = Pattern.compile("\\d{1,9}");
    private static final int NAME_CHARACTERS_MAX = 60;
    private static final int CLASS_SAMPLES_MAX = 1_000_000;

    private TaskParser() {}

    /** The task as far as it could be read; sound only when no problem was added. */
    public static Optional<TaskFile> parse(String text, Problems problems) {
        return YamlValue.read(FILE, text, problems)
                .flatMap(root -> root.mapping("begin with a line 'task: 1'"))
                .flatMap(TaskParser::task);
    }

    /** What is said of the data, where that is sound, whatever else is wrong. */
    public static Optional<TaskFile.Data> data(String text) {
        Problems problems = new Problems();
        Optional<TaskFile.Data> data = YamlValue.read(FILE, text, problems)
                .flatMap(root -> root.mapping("begin with a line 'task: 1'"))
                .flatMap(root -> root.find("data"))
                .flatMap(value -> value.mapping("write data: {format: idx, …}"))
                .flatMap(DataParser::data);
        return problems.isEmpty() ? data : Optional.empty();
    }

    private static Optional<TaskFile> task(YamlMapping root) {
        root.get("task", "1").ifPresent(version -> {
            Optional<String> text = version.text("write task: 1");
            if (text.isPresent() && !text.get().equals("1")) {
                version.problem("version " + text.get() + " of the task format is not known", "write task: 1");
            }
        });
        String name = root.text("name", "fashion-noisy");
        if (!name.isEmpty() && !isName(name)) {
            root.find("name")
                    .get()
                    .problem(
                            "'" + name + "' cannot be part of an address",
                            "lower-case letters, digits and single hyphens, at most " + NAME_CHARACTERS_MAX);
        }
        String title = root.text("title", "Clothes, badly labelled");
        Optional<TaskFile.Data> data = root.mapping("data", "{format: idx, …}").flatMap(DataParser::data);
        Optional<TaskFile.Recipe> recipe = root.mapping("recipe", "{model: …}").flatMap(RecipeParser::recipe);
        TaskFile.Budget budget = root.find("budget")
                .flatMap(value -> value.mapping("write budget: {add: 100}"))
                .map(TaskParser::budget)
                .orElse(new TaskFile.Budget(null, null, null, null, 50, 20));
        TaskFile.Metrics metrics = root.find("metrics")
                .flatMap(value -> value.mapping("write metrics: {rank-by: accuracy}"))
                .map(TaskParser::metrics)
                .orElse(new TaskFile.Metrics("accuracy", List.of(), null, 100, 20));
        TaskFile.Board board = root.find("board")
                .flatMap(value -> value.mapping("write board: {public-fraction: 0.3}"))
                .map(TaskParser::board)
                .orElse(new TaskFile.Board(0.3));
        TaskFile.Quota quota = root.find("quota")
                .flatMap(value -> value.mapping("write quota: {per-day: 5}"))
                .map(TaskParser::quota)
                .orElse(new TaskFile.Quota(5, 300, 1, true));
        TaskFile.Teams teams = root.find("teams")
                .flatMap(value -> value.mapping("write teams: {members: 4}"))
                .map(TaskParser::teams)
                .orElse(TaskFile.Teams.DEFAULT);
        TaskFile.Access access = root.find("access")
                .flatMap(value -> value.oneOf(List.of("public", "invited")))
                .map(word -> TaskFile.Access.valueOf(word.toUpperCase(java.util.Locale.ROOT)))
                .orElse(TaskFile.Access.PUBLIC);
        TaskFile.Phases phases = root.find("phases")
                .flatMap(value -> value.mapping("write phases: {closes: 2026-12-01T00:00:00Z}"))
                .map(TaskParser::phases)
                .orElse(new TaskFile.Phases(null, null, null));
        @Nullable
        String datasheet = root.find("datasheet")
                .flatMap(value -> value.text("write the name of a file"))
                .orElse(null);
        root.finish();
        if (data.isEmpty() || recipe.isEmpty()) return Optional.empty();
        return Optional.of(new TaskFile(
                name,
                title,
                data.get(),
                recipe.get(),
                budget,
                metrics,
                board,
                quota,
                teams,
                access,
                phases,
                datasheet));
    }

    /** Whether a task may be called so. */
    public static boolean isName(String name) {
        return name.length() <= NAME_CHARACTERS_MAX && NAME.matcher(name).matches();
    }

    private static TaskFile.Budget budget(YamlMapping map) {
        Integer add = limit(map, "add");
        TaskFile.Budget budget = new TaskFile.Budget(
                add,
                // New pixels under an old id are new data as well.
                map.names().contains("replace") ? limit(map, "replace") : add,
                limit(map, "relabel"),
                limit(map, "drop"),
                map.integer("archive-mb", 1, 1_000, 50),
                map.number("weight-cap", 1, 1_000, 20));
        map.finish();
        return budget;
    }

    /** Null = all. */
    private static @Nullable Integer limit(YamlMapping map, String name) {
        Optional<YamlValue> value = map.find(name);
        if (value.isEmpty()) return null;
        String expected = "write a whole number of 0 or more, or all";
        Optional<String> text = value.get().text(expected);
        if (text.isEmpty() || text.get().equals("all")) return null;
        if (LIMIT.matcher(text.get()).matches()) return Integer.valueOf(text.get());
        value.get().problem("'" + text.get() + "' is no limit", expected);
        return null;
    }

    private static TaskFile.Metrics metrics(YamlMapping map) {
        @Nullable
        String groups = map.find("groups")
                .flatMap(value -> value.text("write the name of a metadata column"))
                .orElse(null);
        String rankBy =
                map.find("rank-by").flatMap(value -> metric(value, groups)).orElse("accuracy");
        if (rankBy.equals(Metric.CALIBRATION_ERROR.word())) {
            map.find("rank-by")
                    .orElseThrow()
                    .problem(
                            "by its calibration a model wins that always says how frequent the classes are",
                            "rank by another metric, and show this one");
        }
        List<String> show = new ArrayList<>();
        map.find("show").ifPresent(value -> value.list("write show: [macro-f1]")
                .forEach(element -> metric(element, groups).ifPresent(show::add)));
        int headAbove = map.integer("head-above", 1, CLASS_SAMPLES_MAX, 100);
        int tailBelow = map.integer("tail-below", 1, CLASS_SAMPLES_MAX, Math.min(20, headAbove));
        if (tailBelow > headAbove) {
            map.problem(
                    "the tail goes up to " + tailBelow + ", the head begins above " + headAbove,
                    "a tail-below that is not larger than head-above");
        }
        map.finish();
        return new TaskFile.Metrics(rankBy, show, groups, headAbove, tailBelow);
    }

    private static Optional<String> metric(YamlValue value, @Nullable String groups) {
        Optional<String> word = value.oneOf(Metric.words());
        if (groups == null && word.isPresent() && word.get().equals(Metric.WORST_GROUP.word())) {
            value.problem("nothing says what the groups are", "name a metadata column: metrics: {groups: COLUMN, …}");
        }
        return word;
    }

    private static TaskFile.Board board(YamlMapping map) {
        TaskFile.Board board = new TaskFile.Board(map.number("public-fraction", 0.05, 0.95, 0.3));
        map.finish();
        return board;
    }

    private static TaskFile.Quota quota(YamlMapping map) {
        TaskFile.Quota quota = new TaskFile.Quota(
                map.integer("per-day", 1, 10_000, 5),
                map.integer("total", 1, 1_000_000, 300),
                map.integer("running", 1, 100, 1),
                map.find("rejected")
                        .flatMap(value -> value.oneOf(List.of("free", "charged")))
                        .map(word -> word.equals("free"))
                        .orElse(true));
        map.finish();
        return quota;
    }

    private static TaskFile.Teams teams(YamlMapping map) {
        TaskFile.Teams teams = new TaskFile.Teams(map.integer("members", 1, 100, TaskFile.Teams.DEFAULT.members()));
        map.finish();
        return teams;
    }

    private static TaskFile.Phases phases(YamlMapping map) {
        TaskFile.Phases phases = new TaskFile.Phases(
                map.find("opens").flatMap(YamlValue::instant).orElse(null),
                map.find("closes").flatMap(YamlValue::instant).orElse(null),
                map.find("reveals").flatMap(YamlValue::instant).orElse(null));
        map.finish();
        return phases;
    }
}
