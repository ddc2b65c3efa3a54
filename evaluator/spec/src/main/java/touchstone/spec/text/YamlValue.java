package touchstone.spec.text;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** One value of a YAML document with its place. Every reader that fails adds a problem and answers a harmless value. */
public final class YamlValue {

    /** A strategy or task file is a page of text; tables stand in files of their own. */
    public static final int DOCUMENT_CHARACTERS_MAX = 256 * 1024;

    private final Node node;
    private final String file;
    private final Problems problems;

    private YamlValue(Node node, String file, Problems problems) {
        this.node = node;
        this.file = file;
        this.problems = problems;
    }

    /** The document's root, or empty (with a problem) when the text is not one YAML document. */
    public static Optional<YamlValue> read(String file, String text, Problems problems) {
        if (text.length() > DOCUMENT_CHARACTERS_MAX) {
            problems.add(Problem.of(
                    file,
                    "the file is " + text.length() + " characters long",
                    "at most " + DOCUMENT_CHARACTERS_MAX + "; put tables into CSV files"));
            return Optional.empty();
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(DOCUMENT_CHARACTERS_MAX)
                // Read at once: the library throws where a character of two halves, such as an emoji, lies across its
                // buffer's end.
                .setBufferSize(Math.max(1, text.length()))
                .setMaxAliasesForCollections(0)
                .setAllowRecursiveKeys(false)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(Problem.of(file, "the file is empty", "begin with a line such as 'strategy: 1'"));
            }
            return root.map(node -> new YamlValue(node, file, problems));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            int column = e.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(0);
            boolean tab = e.getProblem() != null && e.getProblem().contains("TAB");
            problems.add(Problem.at(
                    file,
                    line,
                    column,
                    tab ? "a tab stands where only spaces may" : "this is not YAML: " + e.getProblem(),
                    tab ? "indent with spaces" : null));
        } catch (YamlEngineException | StackOverflowError e) {
            problems.add(Problem.of(file, "this is not YAML that can be read: " + firstLine(e.getMessage()), null));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // What the library makes of some tags, and of half a character.
            problems.add(Problem.of(
                    file,
                    "this is not YAML that can be read",
                    "leave out tags (words that begin with '!') and what is no whole character"));
        }
        return Optional.empty();
    }

    private static String firstLine(String message) {
        return message == null
                ? "nested too deeply"
                : message.lines().findFirst().orElse("");
    }

    public Problems problems() {
        return problems;
    }

    public Place place() {
        return node.getStartMark()
                .map(mark -> new Place(file, mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(new Place(file, 0, 0));
    }

    /** Where the characters of a one-line scalar begin, past a quotation mark. */
    public Place textPlace() {
        boolean quoted = node instanceof ScalarNode scalar
                && (scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED
                        || scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED);
        return quoted ? place().plus(1) : place();
    }

    public void problem(String message, String instead) {
        problems.add(place(), message, instead);
    }

    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    public boolean isList() {
        return node instanceof SequenceNode;
    }

    public boolean isScalar() {
        return node instanceof ScalarNode;
    }

    /** A mapping, or empty with a problem. */
    public Optional<YamlMapping> mapping(String expected) {
        if (node instanceof MappingNode mapping) return Optional.of(YamlMapping.of(this, mapping));
        problem("found " + kind() + " here", expected);
        return Optional.empty();
    }

    /** The elements, or none with a problem. */
    public List<YamlValue> list(String expected) {
        if (node instanceof SequenceNode sequence) {
            List<YamlValue> values = new ArrayList<>();
            for (Node element : sequence.getValue()) values.add(child(element));
            return values;
        }
        problem("found " + kind() + " here", expected);
        return List.of();
    }

    YamlValue child(Node child) {
        return new YamlValue(child, file, problems);
    }

    /** The characters of a scalar, or empty with a problem. */
    public Optional<String> text(String expected) {
        if (node instanceof ScalarNode scalar && !isNull()) return Optional.of(scalar.getValue());
        problem("found " + kind() + " here", expected);
        return Optional.empty();
    }

    private boolean isNull() {
        return node instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && (scalar.getValue().isEmpty()
                        || scalar.getValue().equals("null")
                        || scalar.getValue().equals("~"));
    }

    /** A finite number in [min, max], or empty with a problem. */
    public Optional<Double> number(double min, double max) {
        String expected = "write a number from " + plain(min) + " to " + plain(max);
        Optional<String> text = text(expected);
        if (text.isEmpty()) return Optional.empty();
        try {
            double value = Double.parseDouble(text.get().strip());
            if (value >= min && value <= max) return Optional.of(value);
            problem(text.get() + " is out of range", expected);
        } catch (NumberFormatException e) {
            problem("'" + text.get() + "' is not a number", expected);
        }
        return Optional.empty();
    }

    /** A whole number in [min, max], or empty with a problem. */
    public Optional<Long> integer(long min, long max) {
        String expected = "write a whole number from " + min + " to " + max;
        Optional<String> text = text(expected);
        if (text.isEmpty()) return Optional.empty();
        try {
            long value = Long.parseLong(text.get().strip());
            if (value >= min && value <= max) return Optional.of(value);
            problem(text.get() + " is out of range", expected);
        } catch (NumberFormatException e) {
            problem("'" + text.get() + "' is not a whole number", expected);
        }
        return Optional.empty();
    }

    public Optional<Boolean> bool() {
        Optional<String> text = text("write true or false");
        if (text.isEmpty()) return Optional.empty();
        if (text.get().equals("true")) return Optional.of(true);
        if (text.get().equals("false")) return Optional.of(false);
        problem("'" + text.get() + "' is neither true nor false", "write true or false");
        return Optional.empty();
    }

    /** An instant such as 2026-11-21T18:00:00Z, or empty with a problem. */
    public Optional<Instant> instant() {
        String expected = "write a moment in UTC, such as 2026-11-21T18:00:00Z";
        Optional<String> text = text(expected);
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Instant.parse(text.get()));
        } catch (DateTimeParseException e) {
            problem("'" + text.get() + "' is not a moment", expected);
            return Optional.empty();
        }
    }

    /** One of the given words, or empty with a problem that names the nearest. */
    public Optional<String> oneOf(List<String> words) {
        Optional<String> text = text("one of: " + String.join(", ", words));
        if (text.isEmpty() || words.contains(text.get())) return text;
        problem("'" + text.get() + "' is not known here", NearestName.instead(text.get(), words));
        return Optional.empty();
    }

    String kind() {
        if (node instanceof MappingNode) return "a mapping";
        if (node instanceof SequenceNode) return "a list";
        return isNull() ? "nothing" : "'" + ((ScalarNode) node).getValue() + "'";
    }

    /** As people write numbers: whole ones without a fraction, 1e-7 for 1.0E-7. */
    public static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value).replace(".0E", "e");
    }
}
