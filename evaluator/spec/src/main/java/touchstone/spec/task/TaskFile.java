package touchstone.spec.task;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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
        Access access,
        Phases phases,
        @Nullable String datasheet) {

    public enum Format {
        IDX,
        NPY
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

    /** Files of one part; {@code metadata} is a CSV whose column {@code id} names the samples. */
    public record Part(
            String images, String labels, @Nullable String metadata) {}

    /** The frozen part. An epoch is {@code ceil(base size / batch)} steps, whatever a strategy adds. */
    public record Recipe(
            Model model,
            long initialSeed,
            Optimizer optimizer,
            Schedule schedule,
            int batch,
            int epochs,
            Seeds seeds,
            Device device) {}

    /** @param width channels of the first layer (small-cnn) or units of the hidden layer (mlp) */
    public record Model(String architecture, int width) {}

    public record Optimizer(String kind, double momentum, boolean nesterov, double weightDecay) {}

    /** @param warmup share of all steps, 0 to 1, over which the rate rises to {@code peak} (one-cycle only) */
    public record Schedule(String kind, double peak, double warmup) {}

    /** How many seeds a judging trains. */
    public record Seeds(int board, int finals) {}

    public record Device(String kind, int threads) {}

    /** Most that a strategy may spend; null = no limit of the task's own. */
    public record Budget(
            @Nullable Integer add,
            @Nullable Integer relabel,
            @Nullable Integer drop,
            int archiveMegabytes,
            double weightCap) {}

    public record Metrics(String rankBy, List<String> show) {
        public Metrics {
            show = List.copyOf(show);
        }
    }

    /** @param publicFraction share of the hidden test that the running board is computed on */
    public record Board(double publicFraction) {}

    /** @param perDay submissions in any 24 hours; @param running judgings of one team at a time */
    public record Quota(int perDay, int total, int running, boolean rejectedFree) {}

    /** Null = open from the start, or without an end. */
    public record Phases(
            @Nullable Instant opens,
            @Nullable Instant closes,
            @Nullable Instant reveals) {}

    /** Number of samples of each part, as found at publication. */
    public record Counts(int base, int validation, int publicFold, int privateFold, Map<String, Integer> baseByClass) {}
}
