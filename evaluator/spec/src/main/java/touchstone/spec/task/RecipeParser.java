package touchstone.spec.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.YamlMapping;
import touchstone.spec.text.YamlValue;

/** Reads the mapping {@code recipe} of {@code task.yaml}. */
final class RecipeParser {

    private static final int BATCH_MAX = 4_096;
    private static final int EPOCHS_MAX = 1_000;
    private static final int DROPS_MAX = 20;
    /**
     * Its shortcuts are convolutions of one pixel and stride 2, for which the library that computes them on processors writes
     * beyond its memory when they begin with less than 8 channels (github.com/uxlfoundation/oneDNN/issues/6035).
     */
    private static final int RESNET18_WIDTH_MIN = 8;

    private static final int GPUS_MAX = 8;

    /** A value of a Kubernetes label. */
    private static final Pattern GPU_PRODUCT = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    /**
     * A name of a Kubernetes resource: a domain that is not Kubernetes' own, and a label that leaves room for what is put behind
     * it ({@code nvidia.com/gpu.sharing-strategy}), since a label has 63 characters at most. A cluster refuses others.
     */
    private static final Pattern GPU_RESOURCE =
            Pattern.compile("(?!requests\\.)(?!([^/]*\\.)?kubernetes\\.io/)(?=[^/]{1,200}/)"
                    + "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"
                    + "/[A-Za-z0-9]([-A-Za-z0-9_.]{0,44}[A-Za-z0-9])?");

    private static final Pattern GPU_DRIVER = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6}){0,3}");

    private RecipeParser() {}

    static Optional<TaskFile.Recipe> recipe(YamlMapping map) {
        Optional<TaskFile.Model> model =
                map.mapping("model", "{architecture: small-cnn, width: 16}").map(RecipeParser::model);
        TaskFile.Initial initial = map.find("initial")
                .flatMap(value -> value.mapping("write initial: {seed: 17}"))
                .flatMap(RecipeParser::initial)
                .orElse(new TaskFile.Initial.Seed(0));
        Optional<TaskFile.Optimizer> optimizer =
                map.mapping("optimizer", "{sgd: {momentum: 0.9}}").flatMap(RecipeParser::optimizer);
        Optional<TaskFile.Schedule> schedule =
                map.mapping("schedule", "{one-cycle: {peak: 0.1}}").flatMap(RecipeParser::schedule);
        int batch = whole(map, "batch", "128", 2, BATCH_MAX);
        int epochs = whole(map, "epochs", "12", 1, EPOCHS_MAX);
        map.find("precision").ifPresent(value -> value.oneOf(List.of("float32")));
        @Nullable
        Double average = map.find("average")
                .flatMap(value -> value.mapping("write average: {ema: 0.99}"))
                .flatMap(RecipeParser::average)
                .orElse(null);
        TaskFile.Seeds seeds = map.find("seeds")
                .flatMap(value -> value.mapping("write seeds: {board: 1, final: 3}"))
                .map(RecipeParser::seeds)
                .orElse(new TaskFile.Seeds(1, 3));
        TaskFile.Device device = map.find("device")
                .flatMap(value -> value.mapping("write device: {class: cpu, threads: 1}"))
                .map(RecipeParser::device)
                .orElse(new TaskFile.Device("cpu", 1));
        map.finish();
        if (model.isEmpty() || optimizer.isEmpty() || schedule.isEmpty()) return Optional.empty();
        return Optional.of(new TaskFile.Recipe(
                model.get(), initial, optimizer.get(), schedule.get(), batch, epochs, average, seeds, device));
    }

    private static int whole(YamlMapping map, String name, String example, int min, int max) {
        return map.get(name, example)
                .flatMap(value -> value.integer(min, max))
                .orElse((long) min)
                .intValue();
    }

    private static TaskFile.Model model(YamlMapping map) {
        String architecture = map.get("architecture", "small-cnn")
                .flatMap(value -> value.oneOf(List.of("mlp", "small-cnn", "resnet9", "resnet18", "resnet50-cut")))
                .orElse("small-cnn");
        boolean residual = architecture.equals("resnet18") || architecture.equals("resnet50-cut");
        int least = architecture.equals("resnet18") ? RESNET18_WIDTH_MIN : 1;
        TaskFile.Model model = new TaskFile.Model(architecture, map.integer("width", least, 2_048, residual ? 64 : 16));
        map.finish();
        return model;
    }

    private static Optional<TaskFile.Initial> initial(YamlMapping map) {
        Optional<TaskFile.Initial> initial = map.onlyKey(List.of("seed", "file"))
                .flatMap(kind -> map.find(kind)
                        .flatMap(value -> kind.equals("seed")
                                ? value.integer(0, Integer.MAX_VALUE).map(TaskFile.Initial.Seed::new)
                                : value.text("write the name of a safetensors file")
                                        .map(TaskFile.Initial.File::new)));
        map.finish();
        return initial;
    }

    private static Optional<TaskFile.Optimizer> optimizer(YamlMapping map) {
        Optional<TaskFile.Optimizer> optimizer = map.onlyKey(List.of("sgd", "adam", "adamw"))
                .flatMap(kind -> map.find(kind)
                        .flatMap(value -> value.mapping(
                                kind.equals("sgd")
                                        ? "write sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}"
                                        : "write " + kind + ": {weight-decay: 0.01}"))
                        .map(found -> optimizer(kind, found)));
        map.finish();
        return optimizer;
    }

    private static TaskFile.Optimizer optimizer(String kind, YamlMapping map) {
        double decay = map.number("weight-decay", 0, 1, 0);
        TaskFile.Optimizer optimizer;
        if (kind.equals("sgd")) {
            optimizer = new TaskFile.Optimizer.Sgd(
                    map.number("momentum", 0, 0.999, 0.9),
                    map.find("nesterov").flatMap(YamlValue::bool).orElse(true),
                    decay);
        } else {
            double beta1 = map.number("beta1", 0, 0.999, 0.9);
            double beta2 = map.number("beta2", 0, 0.99999, 0.999);
            double epsilon = map.number("epsilon", 1e-12, 1, 1e-8);
            optimizer = kind.equals("adam")
                    ? new TaskFile.Optimizer.Adam(beta1, beta2, epsilon, decay)
                    : new TaskFile.Optimizer.AdamW(beta1, beta2, epsilon, decay);
        }
        map.finish();
        return optimizer;
    }

    private static Optional<TaskFile.Schedule> schedule(YamlMapping map) {
        Optional<TaskFile.Schedule> schedule = map.onlyKey(List.of("constant", "step", "cosine", "one-cycle"))
                .flatMap(kind -> map.find(kind)
                        .flatMap(value -> value.mapping("write " + kind + ": {peak: 0.1}"))
                        .map(found -> schedule(kind, found)));
        map.finish();
        return schedule;
    }

    private static TaskFile.Schedule schedule(String kind, YamlMapping map) {
        double peak =
                map.get("peak", "0.1").flatMap(value -> value.number(1e-7, 10)).orElse(0.1);
        TaskFile.Schedule schedule =
                switch (kind) {
                    case "constant" -> new TaskFile.Schedule.Constant(peak);
                    case "step" ->
                        new TaskFile.Schedule.Step(
                                peak, drops(map), map.number("factor", 1e-6, 1, 0.1), map.number("warmup", 0, 1, 0));
                    case "cosine" -> new TaskFile.Schedule.Cosine(peak, map.number("warmup", 0, 1, 0.05));
                    default -> new TaskFile.Schedule.OneCycle(peak, map.number("warmup", 0, 1, 0.2));
                };
        map.finish();
        return schedule;
    }

    private static List<Double> drops(YamlMapping map) {
        String example = "[0.5, 0.75]";
        Optional<YamlValue> list = map.get("at", example);
        if (list.isEmpty()) return List.of();
        List<Double> drops = new ArrayList<>();
        for (YamlValue element : list.get().list("write at: " + example)) {
            element.number(0, 1).ifPresent(share -> {
                if (!drops.isEmpty() && share <= drops.getLast()) {
                    element.problem("the shares do not rise", "each larger than the one before, such as " + example);
                }
                drops.add(share);
            });
        }
        if (drops.size() > DROPS_MAX) {
            list.get().problem("there are " + drops.size() + " drops", "at most " + DROPS_MAX);
        }
        return drops;
    }

    private static Optional<Double> average(YamlMapping map) {
        Optional<Double> kept = map.get("ema", "0.99").flatMap(value -> value.number(0.5, 0.99999));
        map.finish();
        return kept;
    }

    private static TaskFile.Seeds seeds(YamlMapping map) {
        TaskFile.Seeds seeds = new TaskFile.Seeds(map.integer("board", 1, 20, 1), map.integer("final", 1, 20, 3));
        map.finish();
        return seeds;
    }

    private static TaskFile.Device device(YamlMapping map) {
        String kind = map.find("class")
                .flatMap(value -> value.oneOf(List.of("cpu", "cuda")))
                .orElse("cpu");
        int threads = map.integer("threads", 1, 64, 1);
        TaskFile.Device device =
                kind.equals("cuda") ? new TaskFile.Device(kind, threads, gpu(map)) : new TaskFile.Device(kind, threads);
        map.finish();
        return device;
    }

    private static TaskFile.@Nullable Gpu gpu(YamlMapping map) {
        TaskFile.Gpu gpu = new TaskFile.Gpu(
                matching(map, "product", GPU_PRODUCT, "write the label of its nodes, such as NVIDIA-H100-80GB-HBM3"),
                matching(
                        map,
                        "driver",
                        GPU_DRIVER,
                        "write the first parts of its version in quotes, such as \"570.86\""),
                matching(
                        map,
                        "resource",
                        GPU_RESOURCE,
                        "write the cluster's name of it, such as nvidia.com/mig-1g.10gb"),
                map.integer("count", 1, GPUS_MAX, 1));
        return gpu.equals(new TaskFile.Gpu(null, null, null, 1)) ? null : gpu;
    }

    private static @Nullable String matching(YamlMapping map, String name, Pattern form, String instead) {
        Optional<YamlValue> value = map.find(name);
        Optional<String> text = value.flatMap(found -> found.text(instead));
        if (text.isEmpty() || form.matcher(text.get()).matches()) return text.orElse(null);
        value.get().problem("'" + text.get() + "' is no " + name + " of a GPU", instead);
        return null;
    }
}
