package touchstone.evaluator.bench;

import java.util.List;
import java.util.Locale;

/** The report as lines for a terminal. */
final class ReportText {
    private ReportText() {}

    static String of(Bench.Report report) {
        StringBuilder text = new StringBuilder();
        report.machine().forEach((key, value) -> text.append(String.format(Locale.ROOT, "%-20s %s%n", key, value)));
        List<Throughput.Result> throughput = report.throughput();
        if (throughput != null) throughput.forEach(result -> throughput(text, result));
        List<Expressions.Result> expressions = report.expressions();
        if (expressions != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nfour expressions over 50,000 samples: first epoch %.0f ms, last %.1f ms%n",
                    expressions.getFirst().milliseconds(),
                    expressions.getLast().milliseconds()));
        }
        Bench.Starts starts = report.starts();
        if (starts != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nfrom the start of a process to its first step (%s): %s s%n",
                    starts.network(),
                    starts.firstStep()));
        }
        BenchChild.Result memory = report.memory();
        if (memory != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nresident memory of resnet9 at batch 128: peak %d MB, on its way %s MB%n",
                    memory.peakMegabytes(),
                    memory.megabytes()));
        }
        Spread check = report.check();
        if (check != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nchecking 2,000 added pictures and 5,000 labels against 50,000 samples: %s s%n",
                    check));
        }
        Bench.Gpu gpu = report.gpu();
        if (gpu != null) {
            text.append(String.format(
                    Locale.ROOT, "%nGPU: two processes gave %s bits%n", gpu.sameBits() ? "the same" : "OTHER"));
            gpu.imagesPerSecond()
                    .forEach((network, rate) -> text.append(String.format(
                            Locale.ROOT,
                            "%-10s %.0f images a second, GPU idle %.0f%%%n",
                            network,
                            rate,
                            100 * gpu.idle().get(network))));
        }
        return text.toString().stripTrailing();
    }

    private static void throughput(StringBuilder text, Throughput.Result result) {
        text.append(String.format(
                Locale.ROOT,
                "%n%s, batch %d: %.1f ms a step%n",
                result.network(),
                result.batch(),
                result.millisecondsPerStep()));
        result.imagesPerSecond()
                .forEach((who, rates) -> text.append(String.format(
                        Locale.ROOT, "  %-12s %s images a second of processor time%n", who, whole(rates))));
        result.ratios()
                .forEach((who, ratio) -> text.append(String.format(Locale.ROOT, "  against %-8s %s%n", who, ratio)));
        text.append(String.format(
                Locale.ROOT,
                "  %.0f of at most %.0f billion operations a second%n",
                result.arithmetic().get("ours") / 1e9,
                result.arithmetic().get("peak") / 1e9));
        result.shares()
                .forEach((phase, share) ->
                        text.append(String.format(Locale.ROOT, "  %-12s %5.1f%%%n", phase, 100 * share)));
    }

    private static String whole(List<Double> rates) {
        Spread spread = Spread.of(rates);
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", spread.median(), spread.least(), spread.most());
    }
}
