package touchstone.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeoplesTextTest {
    private static String refusal(String text) {
        return String.valueOf(assertThrows(Refusal.class, () -> PeoplesText.markdown("text", text, 1000))
                .getMessage());
    }

    @Test
    void takesMarkdownAndHtmlThatIsOnlyShown() {
        String text = "# Data\n\n- [link](https://example.org) <https://example.org>\n- `<b>` stays as it is, 3 < 4\n\n"
                + "```html\n<div>\n```\n\nGrüße, 你好 🙂 &lt;";
        assertEquals(text, PeoplesText.markdown("text", text, 1000));
        assertEquals("a\nb", PeoplesText.markdown("text", " a\r\nb\n", 1000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "a <b>bold</b> word",
                "first\n\n<!-- hidden -->",
                "<img src=x onerror=alert(1)>",
                "a </p>",
                "<?php ?>",
                "<![CDATA[x]]>"
            })
    void refusesRawHtml(String text) {
        assertTrue(refusal(text).contains("raw HTML"), text);
    }

    @Test
    void namesTheLine() {
        assertTrue(refusal("one\n\nthree <b>").contains("in line 3"), refusal("one\n\nthree <b>"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x07, 0x1B, 0x85, 0x061C, 0x200F, 0x2028, 0x202E, 0x2066, 0x2069, 0xD800})
    void refusesWhatIsNotSeen(int character) {
        assertTrue(refusal("ab" + Character.toString(character) + "cd").contains("unseen"));
    }

    @Test
    void holdsToItsLengthAndToOneLine() {
        assertTrue(refusal("x".repeat(1001)).contains("1001 characters"));
        assertTrue(refusal(" \n ").contains("empty"));
        String lines = String.valueOf(assertThrows(Refusal.class, () -> PeoplesText.line("title", "a\nb", 10))
                .getMessage());
        assertTrue(lines.contains("one line"), lines);
        String missing = String.valueOf(assertThrows(Refusal.class, () -> PeoplesText.line("title", null, 10))
                .getMessage());
        assertTrue(missing.contains("\"title\" is missing"), missing);
    }
}
