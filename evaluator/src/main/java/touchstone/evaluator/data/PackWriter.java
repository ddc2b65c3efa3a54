package touchstone.evaluator.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a zip file by file, with fixed times: the same files give the same archive on the same JDK. */
public final class PackWriter implements Closeable {

    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private final ZipOutputStream zip;

    public PackWriter(Path file) throws IOException {
        zip = new ZipOutputStream(Files.newOutputStream(file));
    }

    public void add(String name, byte[] bytes) throws IOException {
        write(new ZipEntry(name), Piece.of(bytes));
    }

    /** Arrays stand in the archive as they are, so that loading them is a copy. */
    void add(String name, Piece piece) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        if (name.endsWith(".npy")) store(entry, piece);
        write(entry, piece);
    }

    private void write(ZipEntry entry, Piece piece) throws IOException {
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        for (byte[] chunk : piece.chunks()) zip.write(chunk);
        zip.closeEntry();
    }

    /** Of an entry that is not deflated, size and checksum stand before it. */
    private static void store(ZipEntry entry, Piece piece) {
        CRC32 checksum = new CRC32();
        piece.chunks().forEach(checksum::update);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(piece.size());
        entry.setCrc(checksum.getValue());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
