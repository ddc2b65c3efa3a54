package touchstone.evaluator.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fuzzer's seeds, and every input that once did harm, do none. */
final class KeptInputsTest {

    @TestFactory
    Stream<DynamicTest> keptInputsDoNoHarm() throws IOException {
        Map<Reader, List<Path>> kept = Reader.kept(Path.of("src/test/resources/fuzz"));
        kept.forEach((reader, files) -> assertFalse(files.isEmpty(), reader.word() + " has no inputs"));
        return kept.entrySet().stream().flatMap(entry -> entry.getValue().stream()
                .map(file -> dynamicTest(entry.getKey().word() + "/" + file.getFileName(), () -> {
                    byte[] bytes = Files.readAllBytes(file);
                    // What is loaded once is no input's fault.
                    entry.getKey().read(bytes);
                    Harm.none(entry.getKey(), bytes);
                })));
    }
}
