package touchstone.evaluator.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;

/** What Jazzer calls; it finds the methods by their names. */
public final class FuzzTarget {
    private static Reader reader = Reader.ARCHIVE;

    private FuzzTarget() {}

    public static void fuzzerInitialize(String[] arguments) throws Exception {
        reader = Reader.valueOf(arguments[0]);
        // What is loaded once is no input's fault.
        for (Path seed : Reader.kept(Fuzz.SEEDS).get(reader)) reader.read(Files.readAllBytes(seed));
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        Harm.none(reader, bytes);
    }
}
