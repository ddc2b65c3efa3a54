package touchstone.spec.expression;

import java.util.List;

/** The tree of an expression whose types were checked. */
sealed interface Node {

    record Constant(double value) implements Node {}

    record Read(Name name) implements Node {}

    record Negate(Node operand) implements Node {}

    record Not(Node operand) implements Node {}

    record Binary(Operator operator, Node left, Node right) implements Node {}

    record Call(Function function, List<Node> arguments) implements Node {}

    enum Operator {
        OR("or", 1),
        AND("and", 2),
        EQUAL("==", 4),
        NOT_EQUAL("!=", 4),
        LESS("<", 4),
        LESS_OR_EQUAL("<=", 4),
        GREATER(">", 4),
        GREATER_OR_EQUAL(">=", 4),
        PLUS("+", 5),
        MINUS("-", 5),
        TIMES("*", 6),
        DIVIDE("/", 6);

        private final String sign;
        private final int binding;

        Operator(String sign, int binding) {
            this.sign = sign;
            this.binding = binding;
        }

        String sign() {
            return sign;
        }

        /** Higher binds tighter; all are left-associative. */
        int binding() {
            return binding;
        }

        boolean comparesNumbers() {
            return this == LESS || this == LESS_OR_EQUAL || this == GREATER || this == GREATER_OR_EQUAL;
        }

        boolean comparesEquality() {
            return this == EQUAL || this == NOT_EQUAL;
        }
    }
}
