package touchstone.evaluator.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import touchstone.spec.text.Problems;

/** A folder of one's own machine; symbolic links are not followed. */
final class FolderArchive implements Archive {

    private final Path folder;
    private final Set<String> names = new TreeSet<>();

    FolderArchive(Path folder) throws IOException {
        this.folder = folder;
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .forEach(
                            file -> names.add(folder.relativize(file).toString().replace('\\', '/')));
        }
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public Optional<byte[]> read(String name, int from, Problems problems) throws IOException {
        if (from == 0) return Optional.of(Files.readAllBytes(folder.resolve(name)));
        try (InputStream stream = Files.newInputStream(folder.resolve(name))) {
            stream.skipNBytes(from);
            return Optional.of(stream.readAllBytes());
        }
    }

    @Override
    public Optional<byte[]> head(String name, int bytesMax, Problems problems) throws IOException {
        try (InputStream stream = Files.newInputStream(folder.resolve(name))) {
            return Optional.of(stream.readNBytes(bytesMax));
        }
    }

    @Override
    public void close() {}
}
