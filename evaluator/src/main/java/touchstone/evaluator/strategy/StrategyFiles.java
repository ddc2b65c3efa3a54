package touchstone.evaluator.strategy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.data.Npy;
import touchstone.spec.strategy.Strategy.FileReference;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.NearestName;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** The files of a strategy's archive: what is missing is told, what is read is remembered by its digest. */
final class StrategyFiles {

    /** A second's work at most, however long the names are. */
    private static final int COMPARED_MAX = 20_000;

    private final Archive archive;
    private final Problems problems;
    private final Map<String, String> digests = new TreeMap<>();
    /** What to write in place of a name that is not there. */
    private final Map<String, String> insteads = new HashMap<>();
    /** Names of the archive that a missing one was compared with; each is as slow as both are long. */
    private int compared;
    /** Of all tables so far: 24 of them may be named. */
    private int rows;

    StrategyFiles(Archive archive, Problems problems) {
        this.archive = archive;
        this.problems = problems;
    }

    /** Whether the archive has the file; told where it has not. */
    boolean has(String name, Place place) {
        if (archive.names().contains(name)) return true;
        String instead = problems.isFull() ? null : insteads.computeIfAbsent(name, this::instead);
        problems.add(place, "the archive has no file '" + name + "'", instead);
        return false;
    }

    private String instead(String name) {
        String inFolder = "/" + name;
        return archive.names().stream()
                .filter(there -> there.endsWith(inFolder))
                .findFirst()
                .or(() -> nearest(name))
                .map(near -> "write '" + near + "'")
                .orElse("add the file to the archive");
    }

    private Optional<String> nearest(String name) {
        if (compared > COMPARED_MAX) return Optional.empty();
        compared += archive.names().size();
        return NearestName.of(name, archive.names());
    }

    /** The file must be there. */
    Optional<byte[]> bytes(String name) throws IOException {
        Optional<byte[]> bytes = archive.read(name, problems);
        bytes.ifPresent(found -> digests.put(name, Digests.of(found)));
        return bytes;
    }

    Optional<CsvTable> table(FileReference reference) throws IOException {
        String name = reference.name();
        if (!has(name, reference.place()) || rows > CsvTable.ROWS_MAX) return Optional.empty();
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) return Optional.empty();
        Optional<CsvTable> table = CsvTable.read(name, new ByteArrayInputStream(bytes.get()), problems);
        rows += table.map(read -> read.rows().size()).orElse(0);
        if (rows <= CsvTable.ROWS_MAX) return table;
        problems.add(
                reference.place(),
                "with this table all together have more than " + CsvTable.ROWS_MAX + " rows",
                "write rows only for what changes");
        return Optional.empty();
    }

    /** The array's header, before the rest of it is unpacked; the file must be there. */
    Optional<Npy.Header> header(FileReference reference) throws IOException {
        return archive.head(reference.name(), Npy.HEADER_BYTES_MAX, problems)
                .flatMap(head -> told(reference, () -> Npy.header(head)));
    }

    /** The file must be there. */
    Optional<Npy> array(FileReference reference) throws IOException {
        return bytes(reference.name()).flatMap(bytes -> told(reference, () -> Npy.read(bytes)));
    }

    private <T> Optional<T> told(FileReference reference, Supplier<T> reader) {
        try {
            return Optional.of(reader.get());
        } catch (IllegalArgumentException e) {
            problems.add(Problem.of(reference.name(), String.valueOf(e.getMessage()), "save it with numpy.save"));
            return Optional.empty();
        }
    }

    /** Names what was read: SHA-256 over the names and contents. */
    String digest() {
        return Digests.ofNamed(digests);
    }
}
