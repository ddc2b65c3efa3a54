package touchstone.spec.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import touchstone.spec.expression.Node.Operator;
import touchstone.spec.text.NearestName;

/** Top-down operator precedence; types are checked as the tree grows. One parser an expression. */
final class Parser {

    private static final int NODES_MAX = 256;
    private static final int DEPTH_MAX = 32;
    /** Each sorts all samples. */
    private static final int RANKS_MAX = 8;

    /** Between 'and' (2) and the comparisons (4). */
    private static final int NOT_BINDING = 3;

    private static final int NEGATE_BINDING = 7;

    private final List<Token> tokens;
    private final Map<String, Name> names;
    private int position;
    private int nodes;
    private int ranks;
    private int depth;

    /** A node with its type; {@code words} are what a text can be compared with, and a literal's own word is in {@code literal}. */
    private record Typed(Node node, Type type, Token at, Optional<List<String>> words, Optional<String> literal) {}

    Parser(List<Token> tokens, Map<String, Name> names) {
        this.tokens = tokens;
        this.names = names;
    }

    Node parse(Type wanted) {
        Typed whole = expression(0);
        Token rest = tokens.get(position);
        if (rest.kind() != Token.Kind.END) {
            throw new SyntaxProblem(
                    rest.offset(),
                    "the expression should end before '" + rest.text() + "'",
                    "join parts with and, or, +, *");
        }
        require(whole, wanted);
        return whole.node();
    }

    private Typed expression(int binding) {
        if (++depth > DEPTH_MAX) {
            throw new SyntaxProblem(tokens.get(position).offset(), "nested deeper than " + DEPTH_MAX + " levels", null);
        }
        Typed left = prefix();
        while (true) {
            Token token = tokens.get(position);
            Optional<Operator> operator = operator(token);
            if (operator.isEmpty() || operator.get().binding() <= binding) break;
            position++;
            left = binary(operator.get(), left, expression(operator.get().binding()), token);
        }
        depth--;
        return left;
    }

    private static Optional<Operator> operator(Token token) {
        if (token.kind() != Token.Kind.SIGN && token.kind() != Token.Kind.WORD) return Optional.empty();
        return Arrays.stream(Operator.values())
                .filter(operator -> operator.sign().equals(token.text()))
                .findFirst();
    }

    private Typed prefix() {
        Token token = tokens.get(position++);
        switch (token.kind()) {
            case NUMBER:
                return number(token);
            case TEXT:
                return new Typed(
                        new Node.Constant(Double.NaN), Type.TEXT, token, Optional.empty(), Optional.of(token.text()));
            case WORD:
                return word(token);
            case SIGN:
                if (token.is("(")) {
                    Typed inner = expression(0);
                    expect(")", "add )");
                    return inner;
                }
                if (token.is("-")) {
                    Typed operand = require(expression(NEGATE_BINDING), Type.NUMBER);
                    return typed(new Node.Negate(operand.node()), Type.NUMBER, token);
                }
                throw new SyntaxProblem(token.offset(), "'" + token.text() + "' needs something before it", null);
            case END:
                throw new SyntaxProblem(token.offset(), "the expression ends too early", "add what is missing");
        }
        throw new IllegalStateException(token.toString());
    }

    private Typed number(Token token) {
        double value;
        try {
            value = Double.parseDouble(token.text());
        } catch (NumberFormatException e) {
            throw new SyntaxProblem(token.offset(), "'" + token.text() + "' is not a number", "write it like 0.25");
        }
        if (!Double.isFinite(value)) {
            throw new SyntaxProblem(token.offset(), "'" + token.text() + "' is too large", null);
        }
        return typed(new Node.Constant(value), Type.NUMBER, token);
    }

    private Typed word(Token token) {
        if (token.text().equals("not")) {
            Typed operand = require(expression(NOT_BINDING), Type.CONDITION);
            return typed(new Node.Not(operand.node()), Type.CONDITION, token);
        }
        if (tokens.get(position).is("(")) return call(token);
        Name name = names.get(token.text());
        if (name == null
                && token.text().startsWith("my.")
                && names.keySet().stream().noneMatch(own -> own.startsWith("my."))) {
            throw new SyntaxProblem(
                    token.offset(),
                    "'" + token.text() + "' is a column of your own, and the strategy names no table of them",
                    "add a line 'columns: mine.csv'");
        }
        if (name == null) {
            throw new SyntaxProblem(
                    token.offset(),
                    "'" + token.text() + "' is not a name here",
                    NearestName.instead(token.text(), new TreeSet<>(names.keySet())));
        }
        count(token);
        return new Typed(
                new Node.Read(name),
                name.isText() ? Type.TEXT : Type.NUMBER,
                token,
                Optional.ofNullable(name.vocabulary()),
                Optional.empty());
    }

    private Typed call(Token token) {
        if (names.containsKey(token.text()) && Function.find(token.text()).isEmpty()) {
            throw new SyntaxProblem(
                    token.offset(),
                    "'" + token.text() + "' is a name and no function",
                    "write " + token.text() + " without parentheses");
        }
        Function function = Function.find(token.text())
                .orElseThrow(() -> new SyntaxProblem(
                        token.offset(),
                        "'" + token.text() + "' is not a function",
                        NearestName.instead(
                                token.text(),
                                Arrays.stream(Function.values())
                                        .map(Function::word)
                                        .toList())));
        if ((function == Function.RANK || function == Function.CLASS_RANK) && ++ranks > RANKS_MAX) {
            throw new SyntaxProblem(
                    token.offset(), "the expression ranks more than " + RANKS_MAX + " times", "shorten it");
        }
        position++;
        List<Node> arguments = new ArrayList<>();
        do {
            Type wanted = function == Function.IF && arguments.isEmpty() ? Type.CONDITION : Type.NUMBER;
            arguments.add(require(expression(0), wanted).node());
        } while (tokens.get(position).is(",") && position++ >= 0);
        expect(")", "write " + function.form());
        if (arguments.size() < function.argumentsMin() || arguments.size() > function.argumentsMax()) {
            throw new SyntaxProblem(
                    token.offset(),
                    "'" + token.text() + "' does not take " + arguments.size() + " arguments",
                    "write " + function.form());
        }
        return typed(new Node.Call(function, List.copyOf(arguments)), Type.NUMBER, token);
    }

    private Typed binary(Operator operator, Typed left, Typed right, Token at) {
        if (operator.comparesEquality() && (left.type() == Type.TEXT || right.type() == Type.TEXT)) {
            return compareTexts(operator, left, right, at);
        }
        boolean logical = operator == Operator.AND || operator == Operator.OR;
        Type operands = logical ? Type.CONDITION : Type.NUMBER;
        if (operator.comparesNumbers() && left.type() == Type.CONDITION) {
            throw new SyntaxProblem(at.offset(), "comparisons cannot be chained", "write them apart: a < b and b < c");
        }
        require(left, operands);
        require(right, operands);
        boolean condition = logical || operator.comparesNumbers() || operator.comparesEquality();
        return typed(
                new Node.Binary(operator, left.node(), right.node()), condition ? Type.CONDITION : Type.NUMBER, at);
    }

    private Typed compareTexts(Operator operator, Typed left, Typed right, Token at) {
        require(left, Type.TEXT);
        require(right, Type.TEXT);
        Typed named = left.literal().isEmpty() ? left : right;
        Typed other = named == left ? right : left;
        if (named.words().isEmpty()) {
            throw new SyntaxProblem(at.offset(), "two fixed texts are compared", "compare a name, such as label");
        }
        List<String> words = named.words().get();
        if (other.literal().isPresent()) {
            int index = words.indexOf(other.literal().get());
            if (index < 0) {
                throw new SyntaxProblem(
                        other.at().offset(),
                        "'" + other.literal().get() + "' never occurs there",
                        NearestName.instead(other.literal().get(), words));
            }
            return typed(new Node.Binary(operator, named.node(), new Node.Constant(index)), Type.CONDITION, at);
        }
        if (!words.equals(other.words().orElse(List.of()))) {
            throw new SyntaxProblem(at.offset(), "these two texts have no words in common", null);
        }
        return typed(new Node.Binary(operator, left.node(), right.node()), Type.CONDITION, at);
    }

    private Typed typed(Node node, Type type, Token at) {
        count(at);
        return new Typed(node, type, at, Optional.empty(), Optional.empty());
    }

    private void count(Token at) {
        if (++nodes > NODES_MAX) {
            throw new SyntaxProblem(at.offset(), "the expression has more than " + NODES_MAX + " parts", "shorten it");
        }
    }

    private Typed require(Typed found, Type wanted) {
        if (found.type() == wanted) return found;
        String instead =
                switch (wanted) {
                    case CONDITION -> "compare it, such as a < 0.5 or label == 'x'";
                    case NUMBER -> found.type() == Type.CONDITION ? "write if(condition, 1, 0)" : "compare it first";
                    case TEXT -> "compare with a text in quotation marks";
                };
        throw new SyntaxProblem(
                found.at().offset(),
                "this is " + found.type().words() + ", but " + wanted.words() + " is needed here",
                instead);
    }

    private void expect(String sign, String instead) {
        Token token = tokens.get(position);
        if (!token.is(sign)) {
            String found = token.kind() == Token.Kind.END ? "the end" : "'" + token.text() + "'";
            throw new SyntaxProblem(token.offset(), "found " + found + " where '" + sign + "' belongs", instead);
        }
        position++;
    }
}
