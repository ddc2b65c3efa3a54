package touchstone.evaluator.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import touchstone.evaluator.data.TaskPack.Hidden;
import touchstone.evaluator.data.TaskPack.Normalization;
import touchstone.evaluator.model.Architecture;
import touchstone.evaluator.model.Weights;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problems;

/**
 * The archives that publication makes: {@code task.zip} for training and {@code hidden.zip} for scoring, arrays ready to
 * use, every piece verified against the manifest when it is read.
 */
public final class PackedTask {

    static final String MANIFEST = "manifest.json";
    private static final String INITIAL = "initial.weights";
    static final String HIDDEN = "hidden";
    /** The column of the hidden test's table that tells the fold. */
    static final String FOLD = "fold";

    private static final ObjectMapper JSON = new ObjectMapper();

    private PackedTask() {}

    /** @param digests of all pieces, those of the hidden test included */
    record Manifest(Map<String, String> digests, Normalization normalization) {}

    /** The files of one part, ready to be stored. */
    static Map<String, Piece> pieces(String name, Part part) {
        return pieces(name, part, Map.of());
    }

    static Map<String, Piece> hiddenPieces(Hidden hidden) {
        List<String> folds = new ArrayList<>();
        for (boolean inPublic : hidden.publicFold()) folds.add(inPublic ? "public" : "private");
        return pieces(HIDDEN, hidden.part(), Map.of(FOLD, folds));
    }

    private static Map<String, Piece> pieces(String name, Part part, Map<String, List<String>> further) {
        Map<String, Piece> pieces = new LinkedHashMap<>();
        TaskFile.Input input = part.input();
        pieces.put(
                name + ".images.npy",
                Piece.of(Npy.ofBytes(part.images(), part.size(), input.channels(), input.height(), input.width())));
        pieces.put(name + ".labels.npy", Piece.of(Npy.ofInts(part.labels())));
        pieces.put(name + ".csv", Piece.of(csv(part, further)));
        return pieces;
    }

    private static byte[] csv(Part part, Map<String, List<String>> further) {
        Map<String, List<String>> columns = new TreeMap<>(part.metadata());
        columns.putAll(further);
        StringBuilder text = new StringBuilder("id");
        columns.keySet().forEach(column -> text.append(',').append(CsvTable.field(column)));
        for (int i = 0; i < part.size(); i++) {
            text.append('\n').append(CsvTable.field(part.ids().get(i)));
            for (List<String> values : columns.values()) text.append(',').append(CsvTable.field(values.get(i)));
        }
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes {@code task.zip}, and {@code hidden.zip} when the hidden test is at hand. */
    public static void write(TaskPack pack, Path folder) throws IOException {
        Map<String, Piece> pieces = new LinkedHashMap<>();
        pieces.put(TaskParser.FILE, Piece.of(pack.text().getBytes(StandardCharsets.UTF_8)));
        Manifest manifest = new Manifest(new TreeMap<>(pack.digests()), pack.normalization());
        pieces.put(MANIFEST, Piece.of(JSON.writeValueAsBytes(manifest)));
        pieces.put(INITIAL, Piece.of(pack.initial().toBytes()));
        pieces.putAll(pieces("base", pack.base()));
        new TreeMap<>(pack.facts().pieces("base")).forEach((name, bytes) -> pieces.put(name, Piece.of(bytes)));
        pieces.putAll(pieces("validation", pack.validation()));
        write(folder.resolve("task.zip"), pieces);
        if (pack.hidden().isPresent())
            write(folder.resolve("hidden.zip"), hiddenPieces(pack.hidden().get()));
    }

    private static void write(Path file, Map<String, Piece> pieces) throws IOException {
        try (PackWriter writer = new PackWriter(file)) {
            for (var piece : pieces.entrySet()) writer.add(piece.getKey(), piece.getValue());
        }
    }

    public static void zip(Path file, Map<String, byte[]> files) throws IOException {
        try (PackWriter writer = new PackWriter(file)) {
            for (var one : files.entrySet()) writer.add(one.getKey(), one.getValue());
        }
    }

    /** An organizer's own archive may well hold a manifest.json, but hardly beside a file that is named like ours. */
    static boolean isPacked(Archive archive) {
        return archive.names().contains(MANIFEST) && archive.names().contains(INITIAL);
    }

    /** Throws {@link IOException} when a piece is missing or not what the manifest says: then the pack is damaged. */
    static TaskPack read(Archive archive, boolean withWeights) throws IOException {
        Manifest manifest = JSON.readValue(raw(archive, MANIFEST), Manifest.class);
        String text = new String(piece(archive, TaskParser.FILE, manifest), StandardCharsets.UTF_8);
        Problems problems = new Problems();
        Optional<TaskFile> file = TaskParser.parse(text, problems);
        if (file.isEmpty() || !problems.isEmpty()) throw new IOException("damaged pack: " + problems.list());
        Weights initial = withWeights ? initial(archive, manifest, file.get()) : new Weights(Map.of());
        return new TaskPack(
                text,
                file.get(),
                part(archive, "base", manifest, file.get()),
                ImageFacts.read("base", name -> piece(archive, name, manifest)),
                part(archive, "validation", manifest, file.get()),
                Optional.empty(),
                initial,
                manifest.normalization(),
                manifest.digests(),
                Optional.empty());
    }

    private static Weights initial(Archive archive, Manifest manifest, TaskFile file) throws IOException {
        Weights like = Weights.initial(
                Architecture.layers(
                        file.recipe().model(),
                        file.data().input(),
                        file.data().classes().size()),
                0);
        return Weights.read(piece(archive, INITIAL, manifest), like);
    }

    /** The hidden test of a task, verified against the digests in its pack. */
    public static Hidden readHidden(Path file, TaskPack pack) throws IOException {
        Problems problems = new Problems();
        try (Archive archive = Archive.open(file, Archive.Limits.TASK, problems)
                .orElseThrow(() -> new IOException("damaged pack: " + problems.list()))) {
            Manifest manifest = new Manifest(pack.digests(), pack.normalization());
            Part part = part(archive, HIDDEN, manifest, pack.file());
            Map<String, List<String>> columns = new TreeMap<>(part.metadata());
            List<String> folds = columns.remove(FOLD);
            boolean[] inPublic = new boolean[part.size()];
            for (int i = 0; i < inPublic.length; i++) inPublic[i] = folds.get(i).equals("public");
            Part own = new Part(part.input(), part.images(), part.labels(), part.ids(), columns);
            return new Hidden(own, inPublic);
        }
    }

    private static Part part(Archive archive, String name, Manifest manifest, TaskFile file) throws IOException {
        byte[] images = images(archive, name + ".images.npy", manifest);
        int[] labels = Npy.read(piece(archive, name + ".labels.npy", manifest)).ints();
        Problems problems = new Problems();
        CsvTable table = CsvTable.read(
                        name + ".csv", new ByteArrayInputStream(piece(archive, name + ".csv", manifest)), problems)
                .orElseThrow(() -> new IOException("damaged pack: " + problems.list()));
        Map<String, List<String>> columns = new LinkedHashMap<>();
        for (int c = 0; c < table.columns().size(); c++) {
            int column = c;
            columns.put(
                    table.columns().get(c),
                    table.rows().stream().map(row -> row.fields().get(column)).toList());
        }
        List<String> ids = columns.remove("id");
        return new Part(file.data().input(), images, labels, ids, columns);
    }

    /** The pixels alone, read to where they stay: they may be half of what memory holds. */
    private static byte[] images(Archive archive, String name, Manifest manifest) throws IOException {
        Problems problems = new Problems();
        byte[] head = archive.head(name, Npy.HEADER_BYTES_MAX, problems).orElseThrow(() -> damaged(problems));
        int start = Npy.header(head).start();
        byte[] pixels = archive.read(name, start, problems).orElseThrow(() -> damaged(problems));
        MessageDigest digest = Digests.sha256();
        digest.update(head, 0, start);
        digest.update(pixels);
        verify(name, Digests.hex(digest.digest()), manifest);
        return pixels;
    }

    private static void verify(String name, String digest, Manifest manifest) throws IOException {
        if (digest.equals(manifest.digests().get(name))) return;
        throw new IOException("damaged pack: '" + name + "' is not what the manifest says");
    }

    private static IOException damaged(Problems problems) {
        return new IOException("damaged pack: " + problems.list());
    }

    private static byte[] piece(Archive archive, String name, Manifest manifest) throws IOException {
        byte[] bytes = raw(archive, name);
        verify(name, Digests.of(bytes), manifest);
        return bytes;
    }

    private static byte[] raw(Archive archive, String name) throws IOException {
        Problems problems = new Problems();
        if (!archive.names().contains(name)) throw new IOException("damaged pack: '" + name + "' is missing");
        return archive.read(name, problems).orElseThrow(() -> damaged(problems));
    }
}
