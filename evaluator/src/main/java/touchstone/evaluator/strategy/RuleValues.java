package touchstone.evaluator.strategy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import touchstone.spec.expression.Columns;
import touchstone.spec.expression.Expression;
import touchstone.spec.expression.Name;

/**
 * What a rule's expression says for each sample. A sample of which it reads a value that is not there (NaN: an observation of
 * what was not seen yet, an empty field of one's own columns) is left alone.
 */
public record RuleValues(Columns columns, int samples) {

    /** Need not be finite. @param neutral for the samples that are left alone */
    public double[] numbers(Expression expression, double neutral) {
        boolean[] missing = missing(expression);
        if (missing == null) return expression.evaluate(columns, samples);
        // In the first epoch nothing was observed: then there is nothing to reckon.
        double[] values = new double[samples];
        if (!isAll(missing)) values = expression.evaluate(columns, samples);
        for (int i = 0; i < samples; i++) if (missing[i]) values[i] = neutral;
        return values;
    }

    /** False for the samples that are left alone. */
    public boolean[] holds(Expression condition) {
        double[] values = numbers(condition, 0);
        boolean[] holds = new boolean[samples];
        for (int i = 0; i < samples; i++) holds[i] = values[i] != 0;
        return holds;
    }

    /** False for the samples that are left alone, whatever the number is. */
    public boolean[] known(Expression expression) {
        boolean[] missing = missing(expression);
        boolean[] known = new boolean[samples];
        for (int i = 0; i < samples; i++) known[i] = missing == null || !missing[i];
        return known;
    }

    private static boolean isAll(boolean[] flags) {
        for (boolean flag : flags) if (!flag) return false;
        return true;
    }

    /** Null = no value is missing. */
    private boolean @Nullable [] missing(Expression expression) {
        boolean[] missing = null;
        for (Name name : expression.names()) {
            double[] column = columns.column(name.name());
            if (column.length == 1) {
                if (!Double.isNaN(column[0])) continue;
                missing = new boolean[samples];
                Arrays.fill(missing, true);
                return missing;
            }
            for (int i = 0; i < samples; i++) {
                if (!Double.isNaN(column[i])) continue;
                if (missing == null) missing = new boolean[samples];
                missing[i] = true;
            }
        }
        return missing;
    }
}
