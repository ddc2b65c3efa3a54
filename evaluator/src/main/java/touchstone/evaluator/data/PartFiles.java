package touchstone.evaluator.data;

import java.util.ArrayList;
import java.util.List;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskFile.Format;

/** Which files of an archive belong to a part. */
public final class PartFiles {
    private PartFiles() {}

    /** All of them, also those that are missing. */
    public static List<String> of(Archive archive, Format format, TaskFile.Part part) {
        List<String> names = new ArrayList<>();
        for (String images : part.images()) {
            if (format == Format.IMAGE_FOLDER) names.addAll(images(archive, format, images));
            else names.add(images);
        }
        if (part.labels() != null) names.add(part.labels());
        if (part.metadata() != null) names.add(part.metadata());
        return names;
    }

    /** Those that are there, in the order of their names; {@code images} is a file or, for an image folder, a folder. */
    static List<String> images(Archive archive, Format format, String images) {
        String start = format == Format.IMAGE_FOLDER ? below(images) : images;
        return archive.names().stream()
                .filter(name -> format == Format.IMAGE_FOLDER ? name.startsWith(start) : name.equals(start))
                .sorted()
                .toList();
    }

    static String below(String folder) {
        return folder.endsWith("/") ? folder : folder + "/";
    }
}
