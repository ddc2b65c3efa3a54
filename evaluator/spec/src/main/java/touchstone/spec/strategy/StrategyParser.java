package touchstone.spec.strategy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.catalogue.Operation.Parameter;
import touchstone.spec.expression.Expression;
import touchstone.spec.expression.Name;
import touchstone.spec.expression.Type;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.FileReference;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.Strategy.Target;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.text.Problems;
import touchstone.spec.text.YamlMapping;
import touchstone.spec.text.YamlValue;

/** Reads {@code strategy.yaml} against the names of a task. */
public final class StrategyParser {

    public static final String FILE = "strategy.yaml";
    private static final int TITLE_CHARACTERS_MAX = 200;
    private static final int RULES_MAX = 24;
    /** Each costs a pass over the batch. */
    private static final int OPTIONS_MAX = 8;
    /** Of all steps together: a training must not take many times as long as another. */
    private static final int EFFORT_MAX = 40;

    private static final String COLUMNS = "columns";
    private static final List<String> TARGETS =
            Arrays.stream(Target.values()).map(Target::word).toList();

    private final Map<String, Name> names;
    private final Problems problems;
    /** The mixing step read last. */
    private @Nullable String mixing;

    private StrategyParser(Map<String, Name> names, Problems problems) {
        this.names = names;
        this.problems = problems;
    }

    /** The strategy as far as it could be read; sound only when no problem was added. */
    public static Optional<Strategy> parse(String text, Map<String, Name> names, Problems problems) {
        return YamlValue.read(FILE, text, problems)
                .flatMap(root -> root.mapping("begin with a line 'strategy: 1'"))
                .map(root -> new StrategyParser(names, problems).strategy(root));
    }

    /** The table whose columns expressions read: it is needed before they can be. Tells no problems; {@link #parse} does. */
    public static Optional<FileReference> columns(String text) {
        Problems untold = new Problems();
        return YamlValue.read(FILE, text, untold)
                .filter(YamlValue::isMapping)
                .flatMap(root -> root.mapping(""))
                .flatMap(root -> root.find(COLUMNS))
                .flatMap(new StrategyParser(Map.of(), untold)::file);
    }

    private Strategy strategy(YamlMapping root) {
        root.get("strategy", "1").ifPresent(version -> {
            Optional<String> text = version.text("write strategy: 1");
            if (text.isPresent() && !text.get().equals("1")) {
                version.problem("version " + text.get() + " of the strategy format is not known", "write strategy: 1");
            }
        });
        String title = root.find("title")
                .flatMap(value -> value.text("write title: a short name"))
                .orElse("untitled");
        if (title.codePoints().anyMatch(point -> point == 0 || Character.getType(point) == Character.SURROGATE)) {
            root.find("title").get().problem("the title holds a character that is none", "a short name");
        }
        if (title.length() > TITLE_CHARACTERS_MAX) {
            root.find("title")
                    .get()
                    .problem("the title is too long", "at most " + TITLE_CHARACTERS_MAX + " characters");
        }
        Strategy strategy = new Strategy(
                title,
                root.find(COLUMNS).flatMap(this::file),
                root.find("samples")
                        .flatMap(value -> value.mapping("write drop, add, replace, draw or augment below"))
                        .map(this::samples)
                        .orElse(Strategy.Samples.NONE),
                new Strategy.Labels(tablesFirst(rules(root, "labels", "{file: labels.csv}", this::labelRule))),
                new Strategy.Weights(rules(root, "weights", "{file: weights.csv}", this::weightRule)));
        root.finish();
        return strategy;
    }

    private Strategy.Samples samples(YamlMapping map) {
        Strategy.Samples samples = new Strategy.Samples(
                map.find("drop").flatMap(this::file),
                map.find("add").flatMap(value -> pictures(value, "add")),
                map.find("replace").flatMap(value -> pictures(value, "replace")),
                map.find("draw").flatMap(this::draw),
                rules(map, "augment", "{flip: horizontal}", this::step));
        boundEffort(map, samples.augment());
        map.finish();
        return samples;
    }

    private Optional<Strategy.Pictures> pictures(YamlValue value, String word) {
        String arrayForm = "write " + word + ": {images: images.npy, table: " + word + ".csv}";
        if (value.isMapping()) {
            return value.mapping(arrayForm).flatMap(map -> {
                Optional<FileReference> array = map.get("images", "images.npy").flatMap(this::file);
                Optional<FileReference> table = map.get("table", word + ".csv").flatMap(this::file);
                map.finish();
                return table.map(file -> new Strategy.Pictures(file, array));
            });
        }
        Optional<FileReference> table = file(value);
        if (table.isPresent() && table.get().name().endsWith(Strategy.ARRAY)) {
            value.problem("'" + table.get().name() + "' is an array; a table says what is in it", arrayForm);
            return Optional.empty();
        }
        return table.map(file -> new Strategy.Pictures(file, Optional.empty()));
    }

    private Optional<Strategy.Draw> draw(YamlValue value) {
        if (value.isMapping()) {
            return value.mapping("write draw: {file: draw.csv}").flatMap(map -> {
                Optional<FileReference> file = map.get("file", "draw.csv").flatMap(this::file);
                map.finish();
                return file.map(Strategy.Draw.Table::new);
            });
        }
        if (value.isScalar()) {
            Optional<String> text = value.text("write an expression");
            if (text.isPresent() && text.get().endsWith(".csv")) {
                value.problem("this is a file where an expression belongs", "write draw: {file: " + text.get() + "}");
                return Optional.empty();
            }
        }
        return expression(value, Type.NUMBER).map(Strategy.Draw.Rate::new);
    }

    private interface RuleReader<T> {
        Optional<T> read(YamlMapping map, String path);
    }

    private <T> List<T> rules(YamlMapping parent, String name, String example, RuleReader<T> reader) {
        Optional<YamlValue> value = parent.find(name);
        if (value.isEmpty()) return List.of();
        List<YamlValue> elements = value.get().list("write a list of rules, each behind '- '");
        if (elements.size() > RULES_MAX) {
            value.get().problem("there are " + elements.size() + " rules", "at most " + RULES_MAX);
        }
        List<T> rules = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String path = (name.equals("augment") ? "samples." : "") + name + "[" + i + "]";
            elements.get(i)
                    .mapping("write a rule such as " + example)
                    .flatMap(map -> reader.read(map, path))
                    .ifPresent(rules::add);
        }
        return rules;
    }

    private Optional<Step> step(YamlMapping map, String path) {
        List<String> words = new ArrayList<>(Operation.words());
        words.add("one-of");
        words.add("some-of");
        Optional<String> key = map.onlyKey(words);
        key.ifPresent(word -> mixingLast(map.key(word), word));
        Optional<? extends Action> action = key.flatMap(word -> switch (word) {
            case "one-of" -> options(map, word).map(options -> new Action.SomeOf(options, 1));
            case "some-of" -> someOf(map, word);
            default -> apply(map, word);
        });
        double chance = map.number("chance", 0, 1, 1);
        Optional<Expression> where = map.find("where").flatMap(value -> expression(value, Type.CONDITION));
        map.finish();
        return action.map(value -> new Step(value, chance, where, path));
    }

    private static void boundEffort(YamlMapping map, List<Step> steps) {
        int effort = steps.stream().mapToInt(step -> effort(step.action())).sum();
        if (effort <= EFFORT_MAX) return;
        map.find("augment")
                .orElseThrow()
                .problem(
                        "these steps count as " + effort + " operations",
                        "at most " + EFFORT_MAX
                                + ": a median of 5 counts 10, of 3 three, equalize 8, rotate, scale and shear 2; a choice"
                                + " counts as its longest, as often as it draws");
    }

    private static int effort(Action.Apply apply) {
        return apply.operation().effort(apply.word(), apply.to());
    }

    private static int effort(Action action) {
        return switch (action) {
            case Action.Apply apply -> effort(apply);
            case Action.SomeOf someOf ->
                someOf.count()
                        * someOf.options().stream()
                                .mapToInt(StrategyParser::effort)
                                .max()
                                .orElse(0);
        };
    }

    /** What follows a mixing step would change two samples at once. */
    private void mixingLast(YamlValue key, String word) {
        if (mixes(word)) {
            mixing = word;
        } else if (mixing != null) {
            key.problem(
                    "'" + word + "' stands behind '" + mixing + "'", "move '" + mixing + "' to the end of the list");
        }
    }

    private static boolean mixes(String word) {
        return Operation.find(word).map(Operation::mixes).orElse(false);
    }

    private Optional<Action> someOf(YamlMapping map, String word) {
        Optional<List<Action.Apply>> options = options(map, word);
        Optional<Long> count = map.get("count", "2")
                .flatMap(value -> value.integer(1, options.map(List::size).orElse(OPTIONS_MAX)));
        if (options.isEmpty() || count.isEmpty()) return Optional.empty();
        return Optional.of(new Action.SomeOf(options.get(), count.get().intValue()));
    }

    /** At least one operation, or empty with a problem. */
    private Optional<List<Action.Apply>> options(YamlMapping map, String word) {
        List<Action.Apply> options = new ArrayList<>();
        YamlValue value = map.find(word).orElseThrow();
        List<YamlValue> elements = value.list("write a list such as [{cutout: 8}, {translate: 2}]");
        if (elements.isEmpty() && value.isList()) {
            value.problem("there is nothing to choose from", "list operations such as {cutout: 8}");
        }
        if (elements.size() > OPTIONS_MAX) {
            value.problem("there are " + elements.size() + " operations to choose from", "at most " + OPTIONS_MAX);
        }
        for (YamlValue element : elements) {
            element.mapping("write an operation such as {cutout: 8}").ifPresent(option -> {
                option.onlyKey(Operation.words())
                        .filter(operation -> alone(option.key(operation), operation))
                        .flatMap(operation -> apply(option, operation))
                        .ifPresent(options::add);
                option.finish();
            });
        }
        return options.size() == elements.size() && !options.isEmpty() ? Optional.of(options) : Optional.empty();
    }

    private boolean alone(YamlValue key, String word) {
        if (!mixes(word)) return true;
        key.problem("'" + word + "' cannot be one of several", "make it a step of its own at the end of the list");
        return false;
    }

    private Optional<Action.Apply> apply(YamlMapping map, String word) {
        Operation operation = Operation.find(word).orElseThrow();
        return apply(operation, "", operation.parameter(), map.find(word).orElseThrow());
    }

    private Optional<Action.Apply> apply(Operation operation, String word, Parameter parameter, YamlValue value) {
        return switch (parameter) {
            case Parameter.None none -> truth(value).map(yes -> new Action.Apply(operation, word, 0, 0));
            case Parameter.Choice choice ->
                value.oneOf(choice.words()).map(chosen -> new Action.Apply(operation, chosen, 0, 0));
            case Parameter.Size size ->
                value.integer(size.min(), size.max()).map(number -> new Action.Apply(operation, word, number, number));
            case Parameter.Sizes sizes ->
                value.oneOf(sizes.sizes().stream().map(String::valueOf).toList())
                        .map(Double::valueOf)
                        .map(size -> new Action.Apply(operation, word, size, size));
            case Parameter.Range range ->
                range(value, range.min(), range.max()).map(ends -> new Action.Apply(operation, word, ends[0], ends[1]));
            case Parameter.Signed signed -> {
                if (!value.isList()) {
                    yield value.number(0, signed.max()).map(most -> new Action.Apply(operation, word, -most, most));
                }
                yield range(value, -signed.max(), signed.max())
                        .map(ends -> new Action.Apply(operation, word, ends[0], ends[1]));
            }
            case Parameter.Kinds kinds ->
                value.mapping("write one of: " + String.join(", ", kinds.kinds().keySet()) + ", such as {median: 3}")
                        .flatMap(map -> kind(operation, kinds, map));
        };
    }

    private Optional<Action.Apply> kind(Operation operation, Parameter.Kinds kinds, YamlMapping map) {
        Optional<Action.Apply> action = map.onlyKey(List.copyOf(kinds.kinds().keySet()))
                .flatMap(kind -> apply(
                        operation, kind, kinds.kinds().get(kind), map.find(kind).orElseThrow()));
        map.finish();
        return action;
    }

    /** What has no parameter is written {@code true}; to leave it out is to leave the step out. */
    private static Optional<Boolean> truth(YamlValue value) {
        Optional<Boolean> truth = value.bool();
        if (truth.isPresent() && !truth.get()) value.problem("'false' does nothing", "write true or leave it out");
        return truth.filter(yes -> yes);
    }

    private Optional<double[]> range(YamlValue value, double min, double max) {
        if (!value.isList()) {
            return value.number(min, max).map(amount -> new double[] {amount, amount});
        }
        List<YamlValue> ends = value.list("write a range such as [0.5, 1.5]");
        if (ends.size() != 2) {
            value.problem("a range has two ends, this one has " + ends.size(), "write a range such as [0.5, 1.5]");
            return Optional.empty();
        }
        Optional<Double> from = ends.get(0).number(min, max);
        Optional<Double> to = ends.get(1).number(min, max);
        if (from.isEmpty() || to.isEmpty()) return Optional.empty();
        if (from.get() > to.get()) {
            value.problem("the range begins above its end", "write [" + to.get() + ", " + from.get() + "]");
            return Optional.empty();
        }
        return Optional.of(new double[] {from.get(), to.get()});
    }

    private Optional<LabelRule> labelRule(YamlMapping map, String path) {
        Optional<String> key = map.onlyKey(List.of("file", "smooth", "toward"));
        Optional<LabelRule> rule = key.flatMap(word -> switch (word) {
            case "file" -> map.find("file").flatMap(this::file).map(file -> new LabelRule.Table(file, path));
            case "smooth" ->
                map.find("smooth")
                        .flatMap(value -> expression(value, Type.NUMBER))
                        .map(amount -> new LabelRule.Smooth(amount, where(map), path));
            default -> {
                Optional<Target> target = map.find("toward")
                        .flatMap(value -> value.oneOf(TARGETS))
                        .map(found -> Target.values()[TARGETS.indexOf(found)]);
                Optional<Expression> amount = map.get("amount", "0.5").flatMap(value -> expression(value, Type.NUMBER));
                Optional<Expression> where = where(map);
                yield target.isEmpty() || amount.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new LabelRule.Toward(target.get(), amount.get(), where, path));
            }
        });
        map.finish();
        return rule;
    }

    private List<LabelRule> tablesFirst(List<LabelRule> rules) {
        boolean ruleBefore = false;
        for (LabelRule rule : rules) {
            if (ruleBefore && rule instanceof LabelRule.Table table) {
                problems.add(table.file().place(), "this table stands below a rule", "list the tables first");
            }
            ruleBefore |= !(rule instanceof LabelRule.Table);
        }
        return rules;
    }

    private Optional<Expression> where(YamlMapping map) {
        return map.find("where").flatMap(value -> expression(value, Type.CONDITION));
    }

    private Optional<WeightRule> weightRule(YamlMapping map, String path) {
        Optional<WeightRule> rule = map.onlyKey(List.of("file", "value"))
                .flatMap(word -> word.equals("file")
                        ? map.find("file").flatMap(this::file).map(file ->
                                (WeightRule) new WeightRule.Table(file, path))
                        : map.find("value")
                                .flatMap(value -> expression(value, Type.NUMBER))
                                .map(value -> (WeightRule) new WeightRule.Value(value, path)));
        map.finish();
        return rule;
    }

    private Optional<FileReference> file(YamlValue value) {
        return value.text("write the name of a file in the archive")
                .map(name -> new FileReference(name, value.place()));
    }

    private Optional<Expression> expression(YamlValue value, Type type) {
        return value.text("write an expression, such as \"luma < 0.25\"")
                .flatMap(source -> Expression.parse(source, type, names, value.textPlace(), problems));
    }
}
