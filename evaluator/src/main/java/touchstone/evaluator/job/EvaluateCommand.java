package touchstone.evaluator.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.scoring.Scoring;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Training;
import touchstone.spec.strategy.Strategy.Part;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(
        name = "evaluate",
        description = {
            "Trains the frozen model under a strategy and scores it, here and without a server.",
            "Scores on the hidden test where the task has it, else on the validation set."
        })
final class EvaluateCommand implements Callable<Integer> {

    private static final int SEEDS_MAX = 100;
    private static final int THREADS_MAX = 64;

    @Option(names = "--task", required = true, description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--strategy", required = true, description = "The strategy: a zip or a folder.")
    private Path strategy;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Option(names = "--seeds", description = "How many seeds; as the task's board when absent.")
    private @Nullable Integer seeds;

    @Option(names = "--threads", description = "Instead of the recipe's; another count gives other bits.")
    private int threads;

    @Option(names = "--without", description = "Leaves a part of the strategy out: samples, labels or weights.")
    private @Nullable Part without;

    @Spec
    private CommandSpec line;

    @Mixin
    private ParentWatch parentWatch;

    @Override
    public Integer call() throws Exception {
        parentWatch.start(ParentWatch.standardInput());
        int processors = Runtime.getRuntime().availableProcessors();
        if (threads < 0 || threads > THREADS_MAX) {
            throw new ParameterException(line.commandLine(), "--threads " + threads + ": from 1 to " + THREADS_MAX);
        }
        if (threads > processors) {
            System.err.println("this machine has " + processors + " processors: more threads than that are slow");
        }
        if (seeds != null && (seeds < 1 || seeds > SEEDS_MAX)) {
            throw new ParameterException(line.commandLine(), "--seeds " + seeds + ": from 1 to " + SEEDS_MAX);
        }
        long begun = System.nanoTime();
        Problems problems = new Problems();
        Optional<TaskPack> pack = TaskSource.read(task, problems);
        if (pack.isEmpty()) return told("task", problems.list());
        Optional<TrainingSet> set = StrategyCheck.read(pack.get(), strategy, without, problems);
        if (set.isEmpty()) return told("strategy", problems.list());
        TaskFile.Device device = pack.get().file().recipe().device();
        NumericEngine engine = NumericEngine.start(threads > 0 ? device.withThreads(threads) : device);
        double loaded = seconds(begun);
        int runs = seeds != null ? seeds : pack.get().file().recipe().seeds().board();
        Evaluation evaluation = new Evaluation(pack.get(), set.get(), without, engine);
        for (int seed = 1; seed <= runs; seed++) {
            Optional<Problem> diverged = evaluation.add(seed, progress(seed, runs));
            if (diverged.isPresent()) return told("strategy", List.of(diverged.get()));
        }
        System.err.println();
        if (json) System.out.println(Json.text(evaluation.json(loaded)));
        else System.out.println(evaluation.text());
        return Exit.DONE;
    }

    private int told(String what, List<Problem> problems) {
        if (json) {
            ObjectNode answer = Json.MAPPER.createObjectNode().put("verdict", "rejected");
            answer.set("problems", Json.tree(problems));
            System.out.println(answer);
        } else {
            problems.forEach(problem -> System.err.println(what + ": " + problem));
        }
        return Exit.PROBLEMS;
    }

    private Training.Listener progress(int seed, int runs) {
        return new ProgressLine(System.err, "seed " + seed + " of " + runs);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Collects the seeds of one evaluation. */
    private static final class Evaluation {
        private final TaskPack pack;
        private final TrainingSet set;
        private final @Nullable Part without;
        private final NumericEngine engine;
        private final Map<Integer, Scoring.Score> scores = new LinkedHashMap<>();
        private final Map<Integer, String> weights = new LinkedHashMap<>();
        private final List<String> notes = new java.util.ArrayList<>();
        private double trainSeconds;
        private double scoreSeconds;

        Evaluation(TaskPack pack, TrainingSet set, @Nullable Part without, NumericEngine engine) {
            this.pack = pack;
            this.set = set;
            this.without = without;
            this.engine = engine;
        }

        Optional<Problem> add(int seed, Training.Listener listener) {
            long begun = System.nanoTime();
            Training.Outcome outcome = new Training(pack, set, seed, engine).run(listener);
            trainSeconds += seconds(begun);
            switch (outcome) {
                case Training.Outcome.Diverged diverged -> {
                    return Optional.of(TrainCommand.diverged(diverged));
                }
                case Training.Outcome.Trained trained -> {
                    begun = System.nanoTime();
                    scores.put(seed, Scoring.of(pack, trained.weights(), engine));
                    scoreSeconds += seconds(begun);
                    weights.put(seed, trained.weights().digest());
                    if (notes.isEmpty()) notes.addAll(trained.notes());
                }
            }
            return Optional.empty();
        }

        private Map<String, Double> means() {
            Map<String, Double> means = new LinkedHashMap<>();
            for (Scoring.Score score : scores.values()) {
                score.all().forEach((name, value) -> means.merge(name, value / scores.size(), Double::sum));
            }
            return means;
        }

        Object json(double loaded) {
            List<Map<String, Object>> perSeed = new java.util.ArrayList<>();
            scores.forEach((seed, score) ->
                    perSeed.add(Map.of("seed", seed, "metrics", score.all(), "finalWeights", weights.get(seed))));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("verdict", "scored");
            answer.put("on", pack.hidden().isPresent() ? "test" : "validation");
            if (without != null) answer.put("without", without.word());
            answer.put("metrics", means());
            answer.put("perSeed", perSeed);
            Map<String, String> digests = new LinkedHashMap<>();
            digests.put("task", pack.digest());
            digests.put("strategy", set.digest());
            digests.put("initialWeights", pack.initial().digest());
            digests.put("finalWeights", weights.values().iterator().next());
            answer.put("digests", digests);
            answer.put("seconds", Map.of("load", loaded, "train", trainSeconds, "score", scoreSeconds));
            answer.put("fingerprint", engine.fingerprint());
            answer.put("notes", notes);
            return answer;
        }

        String text() {
            StringBuilder text = new StringBuilder();
            String on = pack.hidden().isPresent() ? "hidden test" : "validation set";
            String left = without == null ? "" : " without its " + without.word();
            text.append(String.format(
                    Locale.ROOT, "'%s'%s on the %s:%n", set.strategy().title(), left, on));
            TaskFile.Metrics shown = pack.file().metrics();
            means().forEach((name, value) -> {
                if (name.equals(shown.rankBy()) || shown.show().contains(name)) {
                    text.append(String.format(Locale.ROOT, "  %-22s %.4f%n", name, value));
                }
            });
            notes.forEach(note -> text.append("note: ").append(note).append('\n'));
            text.append(String.format(
                    Locale.ROOT,
                    "%d seed(s), trained in %.1f s, scored in %.1f s",
                    scores.size(),
                    trainSeconds,
                    scoreSeconds));
            return text.toString();
        }
    }
}
