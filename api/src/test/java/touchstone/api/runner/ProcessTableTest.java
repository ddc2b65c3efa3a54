package touchstone.api.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    @Test
    void aProcessThatRunsHasAMarkThatStays() {
        long own = ProcessHandle.current().pid();

        assertTrue(ProcessTable.find(own).isPresent());
        assertEquals(ProcessTable.find(own), ProcessTable.find(own));
    }

    /** A killed server below a parent that never asks about it must not look alive for ever. */
    @Test
    void aProcessThatHasEndedIsGoneEvenWhenItsParentNeverAsks() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 60").start();
        try {
            long child = Long.parseLong(
                    new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine());
            long end = System.nanoTime() + 20_000_000_000L;
            while (!Files.readString(Path.of("/proc", Long.toString(child), "stat"))
                    .contains(") Z ")) {
                assertTrue(System.nanoTime() < end, "it does not end");
                LockSupport.parkNanos(5_000_000);
            }

            assertEquals(Optional.empty(), ProcessTable.find(child));
        } finally {
            parent.destroyForcibly();
        }
    }
}
