package touchstone.spec.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile.Format;
import touchstone.spec.text.YamlMapping;
import touchstone.spec.text.YamlValue;

/** Reads the mapping {@code data} of {@code task.yaml}. */
final class DataParser {

    private static final int CLASSES_MAX = 1_000;
    private static final int SIDE_MAX = 512;
    private static final int FILES_MAX = 100;
    private static final TaskFile.Input CIFAR = new TaskFile.Input(3, 32, 32);

    private DataParser() {}

    static Optional<TaskFile.Data> data(YamlMapping map) {
        Optional<Format> format = map.get("format", "idx")
                .flatMap(value -> value.oneOf(
                        Arrays.stream(Format.values()).map(Format::word).toList()))
                .map(DataParser::format);
        List<String> classes =
                map.get("classes", "[cat, dog]").map(DataParser::classes).orElse(List.of());
        Optional<TaskFile.Input> input =
                map.mapping("input", "{channels: 1, height: 28, width: 28}").map(DataParser::input);
        Format known = format.orElse(Format.IDX);
        if (known == Format.CIFAR_BINARY && input.isPresent() && !input.get().equals(CIFAR)) {
            map.find("input")
                    .get()
                    .problem("CIFAR's images are of another size", "write input: {channels: 3, height: 32, width: 32}");
        }
        String example = example(known);
        Optional<TaskFile.Part> train = map.mapping("train", example).map(part -> part(part, known));
        Optional<TaskFile.Part> validation = map.mapping("validation", example).map(part -> part(part, known));
        Optional<TaskFile.Part> test = map.find("test")
                .flatMap(value -> value.mapping("write test: " + example))
                .map(part -> part(part, known));
        map.finish();
        if (format.isEmpty() || input.isEmpty() || train.isEmpty() || validation.isEmpty()) return Optional.empty();
        return Optional.of(new TaskFile.Data(
                format.get(), classes, input.get(), train.get(), validation.get(), test.orElse(null)));
    }

    private static Format format(String word) {
        return Arrays.stream(Format.values())
                .filter(format -> format.word().equals(word))
                .findFirst()
                .orElse(Format.IDX);
    }

    private static String example(Format format) {
        return switch (format) {
            case IDX -> "{images: images.idx, labels: labels.idx}";
            case NPY -> "{images: images.npy, labels: labels.npy}";
            case IMAGE_FOLDER -> "{images: train}";
            case CIFAR_BINARY -> "{images: [data_batch_1.bin, data_batch_2.bin]}";
        };
    }

    private static List<String> classes(YamlValue value) {
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (YamlValue element : value.list("write classes: [cat, dog]")) {
            element.text("write the name of a class").ifPresent(name -> {
                if (!seen.add(name)) element.problem("'" + name + "' stands twice", "each class once");
                if (Tables.BESIDE_CLASSES.contains(name)) {
                    element.problem(
                            "'" + name + "' is a column of the tables in strategies, where classes are columns too",
                            "choose another name");
                }
                names.add(name);
            });
        }
        if (names.size() < 2 || names.size() > CLASSES_MAX) {
            value.problem("there are " + names.size() + " classes", "list 2 to " + CLASSES_MAX);
        }
        return names;
    }

    private static TaskFile.Input input(YamlMapping map) {
        TaskFile.Input input = new TaskFile.Input(
                channels(map), map.integer("height", 8, SIDE_MAX, 8), map.integer("width", 8, SIDE_MAX, 8));
        map.finish();
        return input;
    }

    private static int channels(YamlMapping map) {
        int channels = map.integer("channels", 1, 3, 1);
        if (channels == 2)
            map.find("channels").get().problem("images of 2 channels are neither grey nor colour", "write 1 or 3");
        return channels;
    }

    private static TaskFile.Part part(YamlMapping map, Format format) {
        List<String> images = map.get(
                        "images",
                        switch (format) {
                            case IDX -> "images.idx";
                            case NPY -> "images.npy";
                            case IMAGE_FOLDER -> "train";
                            case CIFAR_BINARY -> "[data_batch_1.bin, data_batch_2.bin]";
                        })
                .map(value -> files(value, format))
                .orElse(List.of());
        TaskFile.Part part = new TaskFile.Part(
                images,
                format.hasLabelFiles() ? map.text("labels", format == Format.IDX ? "labels.idx" : "labels.npy") : null,
                map.find("metadata")
                        .flatMap(value -> value.text("write the name of a CSV file"))
                        .orElse(null));
        map.finish();
        return part;
    }

    private static List<String> files(YamlValue value, Format format) {
        if (format != Format.CIFAR_BINARY || value.isScalar()) {
            return value.text("write images: images.idx").stream().toList();
        }
        List<String> files = new ArrayList<>();
        for (YamlValue element : value.list("write images: [data_batch_1.bin]")) {
            element.text("write the name of a file").ifPresent(files::add);
        }
        if (files.isEmpty() || files.size() > FILES_MAX) {
            value.problem("there are " + files.size() + " files", "list 1 to " + FILES_MAX);
        }
        return files;
    }
}
