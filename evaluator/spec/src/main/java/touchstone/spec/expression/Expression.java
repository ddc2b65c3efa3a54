package touchstone.spec.expression;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problems;

/** A checked expression: evaluated over whole columns, always ending, with no access to anything but its names. */
public final class Expression {

    public static final int CHARACTERS_MAX = 4_096;

    private final String source;
    private final Node root;
    private final Set<Name> names;

    private Expression(String source, Node root) {
        this.source = source;
        this.root = root;
        this.names = new LinkedHashSet<>();
        collect(root);
    }

    /** The expression, or empty with one problem that names the position. */
    public static Optional<Expression> parse(
            String source, Type wanted, Map<String, Name> names, Place place, Problems problems) {
        if (source.length() > CHARACTERS_MAX) {
            problems.add(
                    place, "the expression is " + source.length() + " characters long", "at most " + CHARACTERS_MAX);
            return Optional.empty();
        }
        try {
            return Optional.of(new Expression(source, new Parser(Lexer.tokens(source), names).parse(wanted)));
        } catch (SyntaxProblem e) {
            problems.add(place.plus(e.offset()), String.valueOf(e.getMessage()), e.instead());
            return Optional.empty();
        }
    }

    private void collect(Node node) {
        switch (node) {
            case Node.Constant constant -> {}
            case Node.Read read -> names.add(read.name());
            case Node.Negate negate -> collect(negate.operand());
            case Node.Not not -> collect(not.operand());
            case Node.Binary binary -> {
                collect(binary.left());
                collect(binary.right());
            }
            case Node.Call call -> call.arguments().forEach(this::collect);
        }
    }

    public String source() {
        return source;
    }

    /** The names that it reads. */
    public Set<Name> names() {
        return Collections.unmodifiableSet(names);
    }

    /** True when its value is the same in every epoch. */
    public boolean isStatic() {
        return names.stream().allMatch(name -> name.timing() == Name.Timing.STATIC);
    }

    /** True when it reads what training observed. */
    public boolean readsObservations() {
        return names.stream().anyMatch(name -> name.timing() == Name.Timing.OBSERVED);
    }

    /** One value a sample; a condition gives 0 and 1. Values need not be finite. */
    public double[] evaluate(Columns columns, int samples) {
        return Evaluation.evaluate(root, columns, samples);
    }

    @Override
    public String toString() {
        return source;
    }
}
