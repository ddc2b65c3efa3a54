package touchstone.spec.expression;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Evaluates a tree bottom-up, one array a node. StrictMath, so that every machine gives the same bits. */
final class Evaluation {
    private Evaluation() {}

    static double[] evaluate(Node node, Columns columns, int n) {
        return switch (node) {
            case Node.Constant constant -> filled(constant.value(), n);
            case Node.Read read -> columns.column(read.name().name());
            case Node.Negate negate -> map(evaluate(negate.operand(), columns, n), n, a -> -a);
            case Node.Not not -> map(evaluate(not.operand(), columns, n), n, a -> a == 0 ? 1 : 0);
            case Node.Binary binary ->
                zip(
                        evaluate(binary.left(), columns, n),
                        evaluate(binary.right(), columns, n),
                        n,
                        operator(binary.operator()));
            case Node.Call call -> call(call, columns, n);
        };
    }

    private static DoubleBinaryOperator operator(Node.Operator operator) {
        return switch (operator) {
            case OR -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
            case AND -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
            case EQUAL -> (a, b) -> a == b ? 1 : 0;
            case NOT_EQUAL -> (a, b) -> a != b ? 1 : 0;
            case LESS -> (a, b) -> a < b ? 1 : 0;
            case LESS_OR_EQUAL -> (a, b) -> a <= b ? 1 : 0;
            case GREATER -> (a, b) -> a > b ? 1 : 0;
            case GREATER_OR_EQUAL -> (a, b) -> a >= b ? 1 : 0;
            case PLUS -> (a, b) -> a + b;
            case MINUS -> (a, b) -> a - b;
            case TIMES -> (a, b) -> a * b;
            case DIVIDE -> (a, b) -> a / b;
        };
    }

    private static double[] call(Node.Call call, Columns columns, int n) {
        List<double[]> arguments = call.arguments().stream()
                .map(argument -> evaluate(argument, columns, n))
                .toList();
        double[] a = arguments.get(0);
        return switch (call.function()) {
            case IF -> {
                double[] result = new double[n];
                for (int i = 0; i < n; i++) result[i] = (a[i] != 0 ? arguments.get(1) : arguments.get(2))[i];
                yield result;
            }
            case MIN -> fold(arguments, n, Math::min);
            case MAX -> fold(arguments, n, Math::max);
            case ABS -> map(a, n, Math::abs);
            case EXP -> map(a, n, StrictMath::exp);
            case LOG -> map(a, n, StrictMath::log);
            case SQRT -> map(a, n, StrictMath::sqrt);
            case POW -> zip(a, arguments.get(1), n, StrictMath::pow);
            case CLAMP -> zip(zip(a, arguments.get(1), n, Math::max), arguments.get(2), n, Math::min);
            case RANK -> rank(a, n);
        };
    }

    /** (mean position - 0.5) / count over the samples that have a value; the others have none. */
    static double[] rank(double[] values, int n) {
        double[] sorted = Arrays.stream(values, 0, n)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        double[] result = new double[n];
        for (int i = 0; i < n; i++) {
            if (Double.isNaN(values[i])) {
                result[i] = Double.NaN;
                continue;
            }
            int first = lowerBound(sorted, values[i]);
            int after = upperBound(sorted, values[i]);
            result[i] = (first + after) / 2.0 / sorted.length;
        }
        return result;
    }

    private static int lowerBound(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int upperBound(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static double[] fold(List<double[]> columns, int n, DoubleBinaryOperator operator) {
        double[] result = columns.get(0);
        for (double[] column : columns.subList(1, columns.size())) result = zip(result, column, n, operator);
        return result;
    }

    private static double[] filled(double value, int n) {
        double[] result = new double[n];
        Arrays.fill(result, value);
        return result;
    }

    private static double[] map(double[] a, int n, DoubleUnaryOperator operator) {
        double[] result = new double[n];
        for (int i = 0; i < n; i++) result[i] = operator.applyAsDouble(a[i]);
        return result;
    }

    private static double[] zip(double[] a, double[] b, int n, DoubleBinaryOperator operator) {
        double[] result = new double[n];
        for (int i = 0; i < n; i++) result[i] = operator.applyAsDouble(a[i], b[i]);
        return result;
    }
}
