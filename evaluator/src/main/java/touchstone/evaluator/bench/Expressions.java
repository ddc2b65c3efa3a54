package touchstone.evaluator.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import touchstone.spec.catalogue.Names;
import touchstone.spec.expression.Expression;
import touchstone.spec.expression.Name;
import touchstone.spec.expression.Type;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problems;

/** Four expressions of the kind that strategies hold, over 50,000 samples. */
final class Expressions {

    private static final int SAMPLES = 50_000;
    private static final List<String> SOURCES = List.of(
            "if(epoch >= 5 and loss_rank > 1 - 0.4 * min(1, progress * 2), 0, 1)",
            "sqrt(max_class_count / class_count)",
            "exp(0 - mean_loss) * clamp(margin + 0.5, 0, 1)",
            "0.8 * progress * pow(mean_confidence, 0.7)");

    private Expressions() {}

    /** @param milliseconds of all four together; the first epoch's includes what a fresh process pays */
    public record Result(int epoch, double milliseconds) {}

    static List<Result> measure() {
        Map<String, Name> names = Names.of(List.of("a", "b"), Map.of());
        Problems problems = new Problems();
        List<Expression> expressions = SOURCES.stream()
                .map(source -> Expression.parse(source, Type.NUMBER, names, new Place("bench", 1, 1), problems)
                        .orElseThrow(
                                () -> new IllegalStateException(problems.list().toString())))
                .toList();
        Map<String, double[]> columns = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(5);
        for (String name : names.keySet()) {
            columns.put(name, random.doubles(SAMPLES).toArray());
        }
        List<Result> results = new ArrayList<>();
        for (int epoch = 1; epoch <= 20; epoch++) {
            java.util.Arrays.fill(columns.get("epoch"), epoch);
            long begun = System.nanoTime();
            for (Expression expression : expressions) expression.evaluate(columns::get, SAMPLES);
            results.add(new Result(epoch, (System.nanoTime() - begun) / 1e6));
        }
        return results;
    }
}
