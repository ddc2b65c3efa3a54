package touchstone.spec.expression;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Evaluates a tree block by block, so that what lies between stays in the cache; only a rank needs all samples at once. Values
 * that all samples share are arrays of one. StrictMath, so that every machine gives the same bits.
 */
final class Evaluation {

    private static final int BLOCK = 1_024;

    private final Columns columns;
    private final int n;
    /** Of all samples: what names and ranks are. */
    private final Map<Node, double[]> known = new IdentityHashMap<>();

    private Evaluation(Columns columns, int n) {
        this.columns = columns;
        this.n = n;
    }

    static double[] evaluate(Node root, Columns columns, int n) {
        Evaluation evaluation = new Evaluation(columns, n);
        evaluation.prepare(root);
        return evaluation.whole(root);
    }

    private void prepare(Node node) {
        switch (node) {
            case Node.Constant constant -> {}
            case Node.Read read -> known.put(read, columns.column(read.name().name()));
            case Node.Negate negate -> prepare(negate.operand());
            case Node.Not not -> prepare(not.operand());
            case Node.Binary binary -> {
                prepare(binary.left());
                prepare(binary.right());
            }
            case Node.Call call -> {
                for (Node argument : call.arguments()) prepare(argument);
                if (call.function() == Function.RANK) {
                    known.put(call, Ranks.of(whole(call.arguments().get(0)), n));
                } else if (call.function() == Function.CLASS_RANK) {
                    known.put(
                            call, Ranks.within(whole(call.arguments().get(0)), columns.column(Function.CLASS_NAME), n));
                }
            }
        }
    }

    private double[] whole(Node node) {
        double[] result = new double[n];
        for (int from = 0; from < n; from += BLOCK) {
            int length = Math.min(BLOCK, n - from);
            double[] values = block(node, from, length);
            if (values.length == 1) Arrays.fill(result, from, from + length, values[0]);
            else System.arraycopy(values, 0, result, from, length);
        }
        return result;
    }

    /** The values of {@code length} samples, or the one that they share. */
    private double[] block(Node node, int from, int length) {
        double[] all = known.get(node);
        if (all != null) return all.length == 1 ? all : Arrays.copyOfRange(all, from, from + length);
        return switch (node) {
            case Node.Constant constant -> new double[] {constant.value()};
            case Node.Read read -> throw new IllegalStateException(read.toString());
            case Node.Negate negate -> negated(block(negate.operand(), from, length));
            case Node.Not not -> inverted(block(not.operand(), from, length));
            case Node.Binary binary ->
                zip(binary.operator(), block(binary.left(), from, length), block(binary.right(), from, length));
            case Node.Call call -> call(call, from, length);
        };
    }

    private double[] call(Node.Call call, int from, int length) {
        double[] a = block(call.arguments().get(0), from, length);
        if (call.arguments().size() == 1) return map(call.function(), a);
        double[] b = block(call.arguments().get(1), from, length);
        return switch (call.function()) {
            case IF -> choose(a, b, block(call.arguments().get(2), from, length));
            case CLAMP ->
                zip(
                        Function.MIN,
                        zip(Function.MAX, a, b),
                        block(call.arguments().get(2), from, length));
            default -> {
                double[] result = zip(call.function(), a, b);
                for (int k = 2; k < call.arguments().size(); k++) {
                    result = zip(call.function(), result, block(call.arguments().get(k), from, length));
                }
                yield result;
            }
        };
    }

    private static double apply(Node.Operator operator, double a, double b) {
        return switch (operator) {
            case OR -> a != 0 || b != 0 ? 1 : 0;
            case AND -> a != 0 && b != 0 ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case NOT_EQUAL -> a != b ? 1 : 0;
            case LESS -> a < b ? 1 : 0;
            case LESS_OR_EQUAL -> a <= b ? 1 : 0;
            case GREATER -> a > b ? 1 : 0;
            case GREATER_OR_EQUAL -> a >= b ? 1 : 0;
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case DIVIDE -> a / b;
        };
    }

    private static double apply(Function function, double a, double b) {
        return switch (function) {
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            case POW -> StrictMath.pow(a, b);
            default -> throw new IllegalStateException(function.word());
        };
    }

    private static double apply(Function function, double a) {
        return switch (function) {
            case ABS -> Math.abs(a);
            case EXP -> StrictMath.exp(a);
            case LOG -> StrictMath.log(a);
            case SQRT -> StrictMath.sqrt(a);
            default -> throw new IllegalStateException(function.word());
        };
    }

    private static double[] choose(double[] condition, double[] a, double[] b) {
        if (condition.length == 1) return condition[0] != 0 ? a : b;
        double[] result = new double[condition.length];
        for (int i = 0; i < result.length; i++) result[i] = condition[i] != 0 ? at(a, i) : at(b, i);
        return result;
    }

    private static double at(double[] values, int i) {
        return values[values.length == 1 ? 0 : i];
    }

    private static double[] negated(double[] a) {
        double[] result = new double[a.length];
        for (int i = 0; i < result.length; i++) result[i] = -a[i];
        return result;
    }

    private static double[] inverted(double[] condition) {
        double[] result = new double[condition.length];
        for (int i = 0; i < result.length; i++) result[i] = condition[i] == 0 ? 1 : 0;
        return result;
    }

    private static double[] map(Function function, double[] a) {
        double[] result = new double[a.length];
        for (int i = 0; i < result.length; i++) result[i] = apply(function, a[i]);
        return result;
    }

    private static double[] zip(Function function, double[] a, double[] b) {
        double[] result = new double[Math.max(a.length, b.length)];
        for (int i = 0; i < result.length; i++) result[i] = apply(function, at(a, i), at(b, i));
        return result;
    }

    private static double[] zip(Node.Operator operator, double[] a, double[] b) {
        double[] result = new double[Math.max(a.length, b.length)];
        for (int i = 0; i < result.length; i++) result[i] = apply(operator, at(a, i), at(b, i));
        return result;
    }
}
