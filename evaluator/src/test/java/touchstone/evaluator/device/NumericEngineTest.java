package touchstone.evaluator.device;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.spec.task.TaskFile;

final class NumericEngineTest {

    @TempDir
    private Path folder;

    @Test
    void aResultSaysWhatItWasComputedWith() {
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        Map<String, String> fingerprint = engine.fingerprint();
        assertEquals("AVX2", fingerprint.get("instructions"));
        assertEquals("1", fingerprint.get("threads"));
        assertEquals("2.7.1", fingerprint.get("pytorch"));
        assertTrue(fingerprint.get("device").startsWith("cpu"));
    }

    @Test
    void anotherInstructionSetIsRefused() {
        assertDoesNotThrow(() -> NumericEngine.demandInstructions("AVX2", "AVX2", 10));
        for (String found : new String[] {"AVX512", "DEFAULT"}) {
            String message = assertThrows(
                            IllegalStateException.class, () -> NumericEngine.demandInstructions(found, "AVX2", 10))
                    .getMessage();
            assertTrue(message.contains("'" + found + "'") && message.contains("ATEN_CPU_CAPABILITY=avx2"), message);
        }
        assertThrows(IllegalStateException.class, () -> NumericEngine.demandInstructions("AVX2", null, 10));
        assertThrows(IllegalStateException.class, () -> NumericEngine.demandInstructions("AVX2", "AVX2", 2));
    }

    @Test
    void aGpuIsNeverReplacedByTheCpu() throws IOException {
        String message = assertThrows(
                        IllegalStateException.class, () -> NumericEngine.start(new TaskFile.Device("cuda", 1)))
                .getMessage();
        assertTrue(message.contains("TOUCHSTONE_LIBTORCH"), message);
        Files.createFile(folder.resolve("libtorch_cuda.so"));
        Map<String, String> without = Map.of("TOUCHSTONE_LIBTORCH", folder.toString());
        assertTrue(assertThrows(IllegalStateException.class, () -> NumericEngine.cudaProperties(without))
                .getMessage()
                .contains("CUBLAS_WORKSPACE_CONFIG=:4096:8"));
        Map<String, String> whole =
                Map.of("TOUCHSTONE_LIBTORCH", folder.toString(), "CUBLAS_WORKSPACE_CONFIG", ":4096:8");
        assertEquals("cu128", NumericEngine.cudaProperties(whole).get("PYTORCH_FLAVOR"));
    }

    /** Else data that make gradients vanish would take many times as long as others. */
    @Test
    void numbersBelowTheNormalRangeAreZero() {
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        try (NDManager manager = engine.newManager()) {
            float[] tiny = new float[64];
            Arrays.fill(tiny, 1e-30f);
            for (float product : manager.create(tiny).mul(1e-10f).toFloatArray()) {
                assertEquals(0f, product);
            }
        }
    }

    /** The switches that only a GPU reads are there on every machine, and stay as they are set. */
    @Test
    void theSwitchesForDeterminismHold() {
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        assertDoesNotThrow(() -> engine.torch().computeDeterministically(true));
        assertDoesNotThrow(() -> engine.torch().computeDeterministically(false));
    }
}
