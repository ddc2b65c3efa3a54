package touchstone.spec.expression;

import java.util.ArrayList;
import java.util.List;

/** Cuts an expression into tokens. */
final class Lexer {

    private static final List<String> SIGNS =
            List.of("==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ",");

    private Lexer() {}

    /** Ends with a token of kind END. Throws {@link SyntaxProblem} at the first character that fits nothing. */
    static List<Token> tokens(String source) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            int end;
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            }
            if (isDigit(c) || c == '.') {
                end = numberEnd(source, at);
                tokens.add(new Token(Token.Kind.NUMBER, source.substring(at, end), at));
            } else if (isLetter(c)) {
                end = wordEnd(source, at);
                boolean dotted = end + 1 < source.length() && source.charAt(end) == '.';
                if (dotted && isLetter(source.charAt(end + 1))) end = wordEnd(source, end + 1);
                tokens.add(new Token(Token.Kind.WORD, source.substring(at, end), at));
            } else if (c == '\'' || c == '"') {
                end = source.indexOf(c, at + 1);
                if (end < 0) throw new SyntaxProblem(at, "this text has no end", "close it with " + c);
                tokens.add(new Token(Token.Kind.TEXT, source.substring(at + 1, end), at));
                end++;
            } else {
                String sign = sign(source, at);
                tokens.add(new Token(Token.Kind.SIGN, sign, at));
                end = at + sign.length();
            }
            at = end;
        }
        tokens.add(new Token(Token.Kind.END, "", source.length()));
        return tokens;
    }

    private static String sign(String source, int at) {
        for (String sign : SIGNS) if (source.startsWith(sign, at)) return sign;
        String instead =
                switch (source.charAt(at)) {
                    case '=' -> "write == to compare";
                    case '!' -> "write 'not'";
                    case '&' -> "write 'and'";
                    case '|' -> "write 'or'";
                    case '^' -> "write pow(a, b)";
                    case '?' -> "write if(condition, a, b)";
                    default -> "see the expressions in docs/strategy.md";
                };
        throw new SyntaxProblem(at, "'" + source.charAt(at) + "' means nothing here", instead);
    }

    private static int wordEnd(String source, int start) {
        int end = start;
        while (end < source.length() && (isLetter(source.charAt(end)) || isDigit(source.charAt(end)))) end++;
        return end;
    }

    private static int numberEnd(String source, int start) {
        int end = start;
        while (end < source.length() && (isDigit(source.charAt(end)) || source.charAt(end) == '.')) end++;
        if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
            int exponent = end + 1;
            if (exponent < source.length() && (source.charAt(exponent) == '-' || source.charAt(exponent) == '+')) {
                exponent++;
            }
            if (exponent < source.length() && isDigit(source.charAt(exponent))) {
                end = exponent;
                while (end < source.length() && isDigit(source.charAt(end))) end++;
            }
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
}
