package touchstone.evaluator.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.ImageArray;
import touchstone.evaluator.data.ImageFile;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.expression.Expression;
import touchstone.spec.expression.Name;
import touchstone.spec.expression.Type;
import touchstone.spec.job.CheckReport;
import touchstone.spec.strategy.OwnColumns;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Everything that reads what somebody else wrote. Whatever the bytes are, each ends soon, and with problems at worst. */
enum Reader {

    /** A zip: its directory, and every file in it. */
    ARCHIVE {
        @Override
        List<Problem> read(byte[] bytes) throws IOException {
            Problems problems = new Problems();
            Path file = Files.write(scratch(), bytes);
            Optional<? extends Archive> archive = Archive.open(file, Archive.Limits.strategy(1), problems);
            if (archive.isEmpty()) return problems.list();
            try (Archive open = archive.get()) {
                for (String name : open.names()) {
                    open.head(name, 100, problems);
                    open.read(name, 3, problems);
                    open.find(name, problems);
                }
                open.find("strategy.yaml", problems);
            }
            return problems.list();
        }
    },

    STRATEGY_YAML {
        @Override
        List<Problem> read(byte[] bytes) {
            Problems problems = new Problems();
            String text = text(bytes);
            StrategyParser.columns(text);
            StrategyParser.parse(text, tiny().names(), problems);
            return problems.list();
        }
    },

    TASK_YAML {
        @Override
        List<Problem> read(byte[] bytes) {
            Problems problems = new Problems();
            TaskParser.parse(text(bytes), problems);
            return problems.list();
        }
    },

    /** The first byte says which table it is. */
    TABLE {
        @Override
        List<Problem> read(byte[] bytes) {
            if (bytes.length == 0) return List.of();
            Problems problems = new Problems();
            byte[] rest = Arrays.copyOfRange(bytes, 1, bytes.length);
            Optional<CsvTable> found = CsvTable.read("table.csv", new ByteArrayInputStream(rest), problems);
            if (found.isEmpty()) return problems.list();
            CsvTable table = found.get();
            Tables tables = new Tables(tiny().classes(), problems);
            Set<String> ids = Set.copyOf(tiny().base().ids());
            switch (Math.floorMod(bytes[0], 10)) {
                case 0 -> tables.drop(table, ids);
                case 1 -> tables.add(table, ids, Set.of("t0001"), false);
                case 2 -> tables.add(table, ids, Set.of(), true);
                case 3 -> tables.replace(table, ids, false);
                case 4 -> tables.replace(table, ids, true);
                case 5 -> tables.labels(table, ids);
                case 6 -> tables.weights(table, ids, 3);
                case 7 -> tables.rates(table, ids, 3);
                case 8 -> tables.onlyKnownIds(table, ids);
                default -> OwnColumns.read(table, problems).ifPresent(OwnColumns::names);
            }
            return problems.list();
        }
    },

    NPY {
        @Override
        List<Problem> read(byte[] bytes) {
            Problems problems = new Problems();
            try {
                boolean images = ImageArray.isSound("a.npy", Npy.header(bytes), 50, problems);
                Npy array = Npy.read(bytes);
                if (images && array.shape()[0] > 0) ImageArray.of(array).image(array.shape()[0] - 1, GREY);
                if (array.fractions().isEmpty()) array.ints();
            } catch (IllegalArgumentException e) {
                problems.add(Problem.of("a.npy", String.valueOf(e.getMessage()), null));
            }
            return problems.list();
        }
    },

    IMAGE {
        @Override
        List<Problem> read(byte[] bytes) {
            Problems problems = new Problems();
            ImageFile.size("a.png", bytes, problems);
            ImageFile.read("a.png", bytes, GREY, problems);
            ImageFile.read("a.png", bytes, COLOUR, problems);
            return problems.list();
        }
    },

    /** Read as a number and as a condition, and evaluated over values that no training ever gives. */
    EXPRESSION {
        @Override
        List<Problem> read(byte[] bytes) {
            Problems problems = new Problems();
            Place place = new Place("strategy.yaml", 1, 1);
            for (Type type : List.of(Type.NUMBER, Type.CONDITION)) {
                Expression.parse(text(bytes), type, tiny().names(), place, problems)
                        .ifPresent(expression -> expression.evaluate(Reader::wild, SAMPLES));
            }
            return problems.list();
        }
    },

    /** A whole strategy, checked: its files one after another in the order of {@link #FILES}. */
    STRATEGY {
        @Override
        List<Problem> read(byte[] bytes) throws IOException {
            Path file = Files.write(scratch(), zip(bytes));
            CheckReport report = StrategyCheck.check(tiny(), file);
            // The file's own words are quoted in problems, so only a whole sentence of ours tells.
            if (report.problems().stream()
                    .anyMatch(problem -> problem.message().startsWith("reading this strategy takes more than")))
                throw new AssertionError("memory");
            return report.problems();
        }
    };

    /** What stands between the files of a {@link #STRATEGY}. */
    static final String BETWEEN = "\n%%%\n";

    private static final List<String> FILES =
            List.of("strategy.yaml", "a.csv", "b.csv", "c.csv", "d.csv", "a.png", "a.npy");

    private static final int SAMPLES = 3_000;
    private static final Input GREY = new Input(1, 16, 16);
    private static final Input COLOUR = new Input(3, 32, 20);
    private static final double[] WILD = {
        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1, -1, Double.MIN_VALUE, 1e308, 0.5, 7
    };

    /** Throws what must not be thrown. */
    abstract List<Problem> read(byte[] bytes) throws IOException;

    /** As its folder of seeds is called. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static TaskPack tiny() {
        return Tiny.TASK;
    }

    private static final class Tiny {
        private static final TaskPack TASK = TestTasks.tiny();
    }

    private static final class Scratch {
        private static final Path FILE = make();

        private static Path make() {
            try {
                Path file = Files.createTempFile("hostile", ".zip");
                file.toFile().deleteOnExit();
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path scratch() {
        return Scratch.FILE;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static double[] wild(String name) {
        Name known = tiny().names().get(name);
        int words = known.isText() ? known.vocabulary().size() : 0;
        int start = Math.floorMod(name.hashCode(), WILD.length);
        return IntStream.range(0, SAMPLES)
                .mapToDouble(i -> words > 0 ? i % words : WILD[(i * 3 + start) % WILD.length])
                .toArray();
    }

    private static byte[] zip(byte[] bytes) throws IOException {
        // Every byte is one character, so that pictures come through whole.
        String[] parts = new String(bytes, StandardCharsets.ISO_8859_1).split(BETWEEN, FILES.size());
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            zip.setLevel(0);
            for (int i = 0; i < parts.length; i++) {
                zip.putNextEntry(new ZipEntry(FILES.get(i)));
                zip.write(parts[i].getBytes(StandardCharsets.ISO_8859_1));
                zip.closeEntry();
            }
        }
        return archive.toByteArray();
    }

    /** The inputs that are kept: seeds, and what once did harm. */
    static Map<Reader, List<Path>> kept(Path folder) throws IOException {
        Map<Reader, List<Path>> kept = new java.util.EnumMap<>(Reader.class);
        for (Reader reader : values()) {
            try (var files = Files.list(folder.resolve(reader.word()))) {
                kept.put(reader, new ArrayList<>(files.sorted().toList()));
            }
        }
        return kept;
    }
}
