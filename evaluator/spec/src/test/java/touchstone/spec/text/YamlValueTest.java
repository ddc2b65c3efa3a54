package touchstone.spec.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class YamlValueTest {

    private final Problems problems = new Problems();

    @Test
    void knowsWhereAValueStands() {
        YamlMapping root = mapping("a: 1\nbc: \"x\"\n");
        assertEquals(new Place("f.yaml", 2, 5), root.find("bc").orElseThrow().place());
        assertEquals(new Place("f.yaml", 2, 6), root.find("bc").orElseThrow().textPlace(), "past the quotation mark");
    }

    @Test
    void aNumberIsFiniteAndInRange() {
        YamlMapping root = mapping("a: .5\nb: NaN\nc: 1e999\nd: many\ne: [1]\nf:\n");
        assertEquals(Optional.of(0.5), root.find("a").orElseThrow().number(0, 1));
        for (String name : List.of("b", "c", "d", "e", "f")) {
            assertEquals(Optional.empty(), root.find(name).orElseThrow().number(0, 1), name);
        }
        assertEquals(
                List.of(
                        "NaN is out of range",
                        "1e999 is out of range",
                        "'many' is not a number",
                        "found a list here",
                        "found nothing here"),
                problems.list().stream().map(Problem::message).toList());
        problems.list().forEach(problem -> assertEquals("write a number from 0 to 1", problem.instead()));
    }

    @Test
    void aMomentIsInUtc() {
        YamlMapping root = mapping("a: 2026-11-21T18:00:00Z\nb: tomorrow\n");
        assertEquals(
                "2026-11-21T18:00:00Z",
                root.find("a").orElseThrow().instant().orElseThrow().toString());
        assertEquals(Optional.empty(), root.find("b").orElseThrow().instant());
        assertEquals(
                List.of(Problem.at(
                        "f.yaml",
                        2,
                        4,
                        "'tomorrow' is not a moment",
                        "write a moment in UTC, such as 2026-11-21T18:00:00Z")),
                problems.list());
    }

    @Test
    void aKeyStandsOnce() {
        mapping("a: 1\na: 2\n");
        assertEquals(List.of(Problem.at("f.yaml", 2, 1, "'a' stands here twice", "keep one of them")), problems.list());
    }

    /** The library reads by 1,024 characters, and had stumbled where a character of two halves lies across. */
    @Test
    void anEmojiMayStandAnywhere() {
        for (int before = 1_000; before < 1_050; before++) {
            YamlMapping root = mapping("a: \"" + "x".repeat(before) + "\ud83d\ude00\"\nb: 1\n");
            assertEquals(java.util.Set.of("a", "b"), root.names());
        }
        assertEquals(List.of(), problems.list());
    }

    @Test
    void whatTheLibraryCannotBearIsToldInWords() {
        for (String text : List.of("!.%E", "[!%E", "a: \ud83d")) {
            Problems told = new Problems();
            assertEquals(Optional.empty(), YamlValue.read("f.yaml", text, told), text);
            assertEquals(1, told.count(), text);
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() {
        assertEquals(java.util.Set.of("a"), mapping("\ufeffa: 1\n").names());
    }

    @Test
    void aTabIsTold() {
        assertEquals(Optional.empty(), YamlValue.read("f.yaml", "a:\n\t- b\n", problems));
        assertEquals(
                List.of(Problem.at("f.yaml", 2, 1, "a tab stands where only spaces may", "indent with spaces")),
                problems.list());
    }

    @Test
    void aChoiceThatWasNotMadeIsTold() {
        YamlMapping root = mapping("chance: 0.5\n");
        root.find("chance");
        assertEquals(Optional.empty(), root.onlyKey(List.of("flip", "gamma")));
        root.finish();
        assertEquals(
                List.of(Problem.at("f.yaml", 1, 1, "nothing is chosen here", "add one of: flip, gamma")),
                problems.list());
    }

    @Test
    void aMisspelledChoiceIsToldOnce() {
        YamlMapping root = mapping("gama: 0.5\n");
        assertEquals(Optional.empty(), root.onlyKey(List.of("flip", "gamma")));
        root.finish();
        assertEquals(List.of(Problem.at("f.yaml", 1, 1, "'gama' is not known here", "write 'gamma'")), problems.list());
    }

    @Test
    void twoChoicesAreOneTooMany() {
        YamlMapping root = mapping("gamma: 0.5\nflip: horizontal\n");
        assertEquals(Optional.empty(), root.onlyKey(List.of("flip", "gamma")));
        root.finish();
        assertEquals(
                List.of(Problem.at("f.yaml", 1, 1, "'gamma' and 'flip' stand together", "keep one of them")),
                problems.list());
    }

    @Test
    void whatIsNoYamlIsToldWithItsPlace() {
        assertEquals(Optional.empty(), YamlValue.read("f.yaml", "a: [1, 2\nb: 3\n", problems));
        Problem problem = problems.list().get(0);
        assertEquals("f.yaml", problem.file());
        assertEquals(2, problem.line());
        assertTrue(problem.message().startsWith("this is not YAML: "), problem.message());
    }

    @Test
    void anEmptyFileSaysHowToBegin() {
        assertEquals(Optional.empty(), YamlValue.read("f.yaml", "# nothing\n", problems));
        assertEquals("the file is empty", problems.list().get(0).message());
    }

    @Test
    void hostileDocumentsEndInOneProblem() {
        List<String> hostile = List.of(
                "[".repeat(100_000),
                "{a: ".repeat(50_000),
                "- ".repeat(100_000),
                "a: &a [x, x]\nb: [*a, *a, *a]\n",
                "a: \u0000\n",
                "x".repeat(YamlValue.DOCUMENT_CHARACTERS_MAX + 1));
        for (String text : hostile) {
            Problems found = new Problems();
            assertEquals(Optional.empty(), YamlValue.read("f.yaml", text, found));
            assertEquals(1, found.count());
        }
    }

    private YamlMapping mapping(String text) {
        return YamlValue.read("f.yaml", text, problems)
                .flatMap(root -> root.mapping("a mapping"))
                .orElseThrow();
    }
}
