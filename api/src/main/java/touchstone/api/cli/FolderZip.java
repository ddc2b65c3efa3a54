package touchstone.api.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs a folder; the same files give the same bytes, whenever and by whomever. */
final class FolderZip {
    private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private FolderZip() {}

    /** Hidden files, such as an editor's, stay behind. */
    static void write(Path from, Path zip) throws IOException {
        Path folder = from.toAbsolutePath().normalize();
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Path file : files(folder)) {
                ZipEntry entry = new ZipEntry(folder.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/"));
                entry.setTimeLocal(TIME);
                out.putNextEntry(entry);
                Files.copy(file, out);
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> Stream.iterate(file, path -> !path.equals(folder), Path::getParent)
                            .noneMatch(path -> path.getFileName().toString().startsWith(".")))
                    .sorted()
                    .toList();
        }
    }
}
