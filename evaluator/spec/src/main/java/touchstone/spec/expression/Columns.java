package touchstone.spec.expression;

/** The values that names have, one for each sample; a text's value is its position in the vocabulary. */
@FunctionalInterface
public interface Columns {
    /** A column of at least as many values as samples are evaluated, or one value that all share; not changed by the reader. */
    double[] column(String name);
}
