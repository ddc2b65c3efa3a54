package touchstone.api.http;

import io.micronaut.http.HttpStatus;
import java.util.stream.Collectors;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/** Text that people write for others to read: nothing in it can pass for something else, or for markup of ours. */
public final class PeoplesText {
    private static final Parser MARKDOWN = Parser.builder()
            .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
            .build();

    private PeoplesText() {}

    /** One line, without blanks around it. @param field its name in the request, for the refusal */
    public static String line(String field, @Nullable String text, int charactersMax) {
        String line = present(field, text, charactersMax);
        if (line.indexOf('\n') >= 0) throw refusal(field, "has more than one line", "write one line");
        return line;
    }

    /** Markdown (CommonMark) without raw HTML. */
    public static String markdown(String field, @Nullable String text, int charactersMax) {
        String markdown = present(field, text, charactersMax);
        MARKDOWN.parse(markdown).accept(new AbstractVisitor() {
            @Override
            public void visit(HtmlBlock block) {
                throw html(field, block, block.getLiteral());
            }

            @Override
            public void visit(HtmlInline inline) {
                throw html(field, inline, inline.getLiteral());
            }
        });
        return markdown;
    }

    private static String present(String field, @Nullable String text, int charactersMax) {
        String clean = text == null ? "" : text.replace("\r\n", "\n").strip();
        if (clean.isEmpty()) throw refusal(field, "is missing or empty", "write 1 to " + charactersMax + " characters");
        if (clean.length() > charactersMax)
            throw refusal(field, "has " + clean.length() + " characters", "write at most " + charactersMax);
        clean.codePoints().filter(PeoplesText::isUnseen).findFirst().ifPresent(character -> {
            throw refusal(
                    field,
                    "holds the unseen character " + String.format("U+%04X", character) + " (control or text direction)",
                    "leave it out");
        });
        return clean;
    }

    /** Control characters, those that turn the direction of text around, and halves of pairs. */
    private static boolean isUnseen(int character) {
        if (character == '\n' || character == '\t') return false;
        int type = Character.getType(character);
        if (type == Character.CONTROL || type == Character.SURROGATE) return true;
        return character == 0x061C
                || character == 0x200E
                || character == 0x200F
                || character >= 0x2028 && character <= 0x202E
                || character >= 0x2066 && character <= 0x2069;
    }

    private static Refusal html(String field, Node node, String literal) {
        String lines = node.getSourceSpans().stream()
                .limit(1)
                .map(span -> " in line " + (span.getLineIndex() + 1))
                .collect(Collectors.joining());
        String found = literal.lines().findFirst().orElse("");
        return refusal(
                field,
                "holds raw HTML" + lines + " (" + found.substring(0, Math.min(40, found.length())) + ")",
                "write Markdown, and &lt; for a \"<\" of the text");
    }

    private static Refusal refusal(String field, String found, String instead) {
        return Refusal.of(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "text",
                "The text cannot be taken",
                "\"" + field + "\" " + found + "; " + instead + ".");
    }
}
