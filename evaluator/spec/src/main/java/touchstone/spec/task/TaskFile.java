package touchstone.spec.task;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code task.yaml} says, checked and with its defaults filled in. Immutable; travels as JSON. */
public record TaskFile(
        String name,
        String title,
        Data data,
        Recipe recipe,
        Budget budget,
        Metrics metrics,
        Board board,
        Quota quota,
        Teams teams,
        Access access,
        Phases phases,
        @Nullable String datasheet) {

    /** What was published before tasks said it has the default. */
    public TaskFile {
        teams = Objects.requireNonNullElse(teams, Teams.DEFAULT);
    }

    public enum Format {
        IDX,
        NPY,
        IMAGE_FOLDER,
        CIFAR_BINARY;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether labels stand in a file of their own. */
        public boolean hasLabelFiles() {
            return this == IDX || this == NPY;
        }
    }

    public enum Access {
        PUBLIC,
        INVITED
    }

    /** {@code test} is null in what contestants download: the hidden test stays with the server. */
    public record Data(
            Format format,
            List<String> classes,
            Input input,
            Part train,
            Part validation,
            @Nullable Part test) {
        public Data {
            classes = List.copyOf(classes);
        }
    }

    /** Size of one image, in pixels. */
    public record Input(int channels, int height, int width) {
        public int pixels() {
            return channels * height * width;
        }
    }

    /**
     * Files of one part.
     *
     * @param images one file; a folder (image-folder); one file or several (cifar-binary)
     * @param labels null where the images tell them: image-folder, cifar-binary
     * @param metadata a CSV whose column {@code id} names the samples
     */
    public record Part(
            List<String> images,
            @Nullable String labels,
            @Nullable String metadata) {
        public Part {
            images = List.copyOf(images);
        }
    }

    /**
     * The frozen part. An epoch is {@code ceil(base size / batch)} steps, whatever a strategy adds.
     *
     * @param average share of its former value that the averaged copy of the weights keeps at each step; null = the last
     *     step's weights are scored as they are
     */
    public record Recipe(
            Model model,
            Initial initial,
            Optimizer optimizer,
            Schedule schedule,
            int batch,
            int epochs,
            @Nullable Double average,
            Seeds seeds,
            Device device) {}

    /** @param width channels of the first layer or units of the hidden layer (mlp) */
    public record Model(String architecture, int width) {}

    /** Where the initial weights come from; what is frozen is what was made of it once. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Initial.Seed.class, name = "seed"),
        @JsonSubTypes.Type(value = Initial.File.class, name = "file")
    })
    public sealed interface Initial {
        record Seed(long seed) implements Initial {}

        /** The organizer's own: a safetensors file in the archive. */
        record File(String file) implements Initial {}
    }

    /** PyTorch's definitions. Decay falls on the weights of convolutions and linear layers alone. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Optimizer.Sgd.class, name = "sgd"),
        @JsonSubTypes.Type(value = Optimizer.Adam.class, name = "adam"),
        @JsonSubTypes.Type(value = Optimizer.AdamW.class, name = "adamw")
    })
    public sealed interface Optimizer {
        double weightDecay();

        record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {}

        /** Kingma & Ba (2015); decay is added to the gradient. */
        record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {}

        /** Loshchilov & Hutter (2019); decay shrinks the weights apart from the gradient. */
        record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {}
    }

    /**
     * The learning rate over the steps. {@code warmup} is the share of all steps, 0 to 1, over which the rate rises in a line
     * to {@code peak}.
     */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Schedule.Constant.class, name = "constant"),
        @JsonSubTypes.Type(value = Schedule.Step.class, name = "step"),
        @JsonSubTypes.Type(value = Schedule.Cosine.class, name = "cosine"),
        @JsonSubTypes.Type(value = Schedule.OneCycle.class, name = "one-cycle")
    })
    public sealed interface Schedule {
        double peak();

        record Constant(double peak) implements Schedule {}

        /** @param at shares of all steps, rising, at each of which the rate is multiplied by {@code factor} */
        record Step(double peak, List<Double> at, double factor, double warmup) implements Schedule {
            public Step {
                at = List.copyOf(at);
            }
        }

        record Cosine(double peak, double warmup) implements Schedule {}

        record OneCycle(double peak, double warmup) implements Schedule {}
    }

    /** How many seeds a judging trains. */
    public record Seeds(int board, int finals) {}

    /**
     * Where a run computes; part of the recipe, since it changes the bits.
     *
     * @param kind {@code cpu} or {@code cuda}
     * @param gpu what a GPU has to be; null = any, and on a processor
     */
    public record Device(String kind, int threads, @Nullable Gpu gpu) {
        public Device(String kind, int threads) {
            this(kind, threads, null);
        }

        /** The same device with another number of threads. */
        public Device withThreads(int number) {
            return new Device(kind, number, gpu);
        }
    }

    /**
     * The GPU that a recipe demands.
     *
     * @param product as nodes are labelled {@code nvidia.com/gpu.product}, such as {@code NVIDIA-H100-80GB-HBM3}; null = any
     * @param driver the first parts of the driver's version, such as {@code 570} or {@code 570.86}; null = any
     * @param resource what a cluster calls it, such as {@code nvidia.com/mig-1g.10gb}; null = the cluster's usual one
     * @param count how many of the resource
     */
    public record Gpu(
            @Nullable String product,
            @Nullable String driver,
            @Nullable String resource,
            int count) {

        /**
         * What is wrong with where a run says that it ran; empty = nothing.
         *
         * @param fingerprint with {@code gpu}, the card's own name, and {@code driver}
         */
        public Optional<String> differs(Map<String, String> fingerprint) {
            String card = fingerprint.getOrDefault("gpu", "no GPU");
            String version = fingerprint.getOrDefault("driver", "none");
            if (product != null && !isOf(product, card.replaceAll("[^A-Za-z0-9.]+", "-")))
                return Optional.of("the recipe demands " + product + " and it ran on " + card);
            if (driver != null && !(version + ".").startsWith(driver + "."))
                return Optional.of("the recipe demands the driver " + driver + " and it ran with " + version);
            return Optional.empty();
        }

        /** A slice of a card is labelled with the card's name and what it is a slice of it. */
        private static boolean isOf(String product, String card) {
            return product.equals(card) || product.startsWith(card + "-MIG-");
        }
    }

    /** Most that a strategy may spend; null = no limit of the task's own. */
    public record Budget(
            @Nullable Integer add,
            @Nullable Integer replace,
            @Nullable Integer relabel,
            @Nullable Integer drop,
            int archiveMegabytes,
            double weightCap) {}

    /**
     * @param groups the metadata column that divides samples for {@code worst-group}; null = none
     * @param headAbove classes with more base samples are head
     * @param tailBelow classes with fewer base samples are tail
     */
    public record Metrics(
            String rankBy, List<String> show, @Nullable String groups, int headAbove, int tailBelow) {
        public Metrics {
            show = List.copyOf(show);
        }
    }

    /** @param publicFraction share of the hidden test that the running board is computed on */
    public record Board(double publicFraction) {}

    /** @param perDay submissions in any 24 hours; @param running judgings of one team at a time */
    public record Quota(int perDay, int total, int running, boolean rejectedFree) {}

    /** @param members of one team at most */
    public record Teams(int members) {
        public static final Teams DEFAULT = new Teams(10);
    }

    /** Null = open from the start, or without an end. */
    public record Phases(
            @Nullable Instant opens,
            @Nullable Instant closes,
            @Nullable Instant reveals) {}

    /** Number of samples of each part, as found at publication. */
    public record Counts(int base, int validation, int publicFold, int privateFold, Map<String, Integer> baseByClass) {}
}
