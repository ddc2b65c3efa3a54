package touchstone.spec.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A YAML mapping whose keys are asked for by name; {@link #finish} tells which keys nobody asked for. */
public final class YamlMapping {

    private final YamlValue self;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();
    private final Map<String, YamlValue> keys = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();
    /** What {@link #onlyKey} found none of: told at the end, since a misspelled key explains it better. */
    private List<String> missingChoice = List.of();

    private YamlMapping(YamlValue self) {
        this.self = self;
    }

    static YamlMapping of(YamlValue self, MappingNode node) {
        YamlMapping mapping = new YamlMapping(self);
        for (NodeTuple tuple : node.getValue()) {
            YamlValue key = self.child(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                key.problem("a key must be a plain word", null);
                continue;
            }
            String name = scalar.getValue();
            if (mapping.values.containsKey(name)) {
                key.problem("'" + name + "' stands here twice", "keep one of them");
                continue;
            }
            mapping.keys.put(name, key);
            mapping.values.put(name, self.child(tuple.getValueNode()));
        }
        return mapping;
    }

    public Place place() {
        return self.place();
    }

    public void problem(String message, @Nullable String instead) {
        self.problems().add(place(), message, instead);
    }

    public Set<String> names() {
        return keys.keySet();
    }

    public YamlValue key(String name) {
        return keys.get(name);
    }

    public Optional<YamlValue> find(String name) {
        known.add(name);
        return Optional.ofNullable(values.get(name));
    }

    /** The value, or empty with a problem that shows how to write it. */
    public Optional<YamlValue> get(String name, String example) {
        Optional<YamlValue> value = find(name);
        if (value.isEmpty()) problem("'" + name + "' is missing", "add a line '" + name + ": " + example + "'");
        return value;
    }

    public Optional<YamlMapping> mapping(String name, String example) {
        return get(name, example).flatMap(value -> value.mapping("write " + name + ": " + example));
    }

    public String text(String name, String example) {
        return get(name, example)
                .flatMap(value -> value.text("write " + name + ": " + example))
                .orElse("");
    }

    public double number(String name, double min, double max, double standard) {
        return find(name).flatMap(value -> value.number(min, max)).orElse(standard);
    }

    public int integer(String name, int min, int max, int standard) {
        return find(name)
                .flatMap(value -> value.integer(min, max))
                .map(Long::intValue)
                .orElse(standard);
    }

    /**
     * A mapping of exactly one key, such as {@code {sgd: {…}}}: the key, which must be one of {@code words}.
     * Empty with a problem otherwise, at the latest when {@link #finish} is called.
     */
    public Optional<String> onlyKey(List<String> words) {
        known.addAll(words);
        List<String> present = values.keySet().stream().filter(words::contains).toList();
        if (present.size() == 1) return Optional.of(present.get(0));
        if (present.size() > 1) {
            problem("'" + String.join("' and '", present) + "' stand together", "keep one of them");
        } else {
            missingChoice = List.copyOf(words);
        }
        return Optional.empty();
    }

    /** Tells of every key that was never asked for; where there is none, of a choice that was not made. */
    public void finish() {
        boolean sound = true;
        for (String name : values.keySet()) {
            if (known.contains(name)) continue;
            keys.get(name).problem("'" + name + "' is not known here", NearestName.instead(name, known));
            sound = false;
        }
        if (sound && !missingChoice.isEmpty()) {
            problem("nothing is chosen here", "add one of: " + String.join(", ", missingChoice));
        }
    }
}
