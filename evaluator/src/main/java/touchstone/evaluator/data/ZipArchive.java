package touchstone.evaluator.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/**
 * A zip read from its central directory. Names are only keys: nothing is ever written under them. A single folder around
 * everything is looked through, as are the entries that operating systems add.
 */
final class ZipArchive implements Archive {

    private static final int NAME_CHARACTERS_MAX = 200;
    /** Small files may grow as they like. */
    private static final int GROWTH_FREE_BYTES = 1 << 20;

    private static final long EXPECTED_GROWTH = 8;

    private static final int DIRECTORY_ENTRY = 0x02014b50;
    private static final int DIRECTORY_END = 0x06054b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;

    /** What every packer writes. The library knows more, of which some need others that are not here, and some fail on damage. */
    private static final Set<Integer> METHODS = Set.of(ZipEntry.STORED, ZipEntry.DEFLATED);

    private final ZipFile zip;
    private final Limits limits;
    private final int sizeMax;
    private final Map<String, ZipArchiveEntry> entries;
    private long inflated;

    private ZipArchive(ZipFile zip, Limits limits, long fileBytes, Map<String, ZipArchiveEntry> entries) {
        this.zip = zip;
        this.limits = limits;
        this.sizeMax = (int) Math.min(fileBytes, Integer.MAX_VALUE - 8);
        this.entries = entries;
    }

    static Optional<ZipArchive> open(Path path, Limits limits, Problems problems) throws IOException {
        if (!Files.isRegularFile(path)) {
            problems.add(Problem.of(null, "there is no file or folder '" + path + "'", "check the path"));
            return Optional.empty();
        }
        if (holdsMoreThan(limits.entriesMax(), path)) {
            problems.add(tooManyEntries(limits));
            return Optional.empty();
        }
        ZipFile zip;
        try {
            zip = ZipFile.builder().setPath(path).get();
        } catch (IOException | IllegalArgumentException e) {
            problems.add(Problem.of(
                    null,
                    "this is not a zip archive that can be read",
                    "pack strategy.yaml and its files with 'zip -r'"));
            return Optional.empty();
        }
        int before = problems.count();
        Map<String, ZipArchiveEntry> entries = entries(zip, limits, problems);
        if (problems.count() > before) {
            zip.close();
            return Optional.empty();
        }
        return Optional.of(new ZipArchive(zip, limits, Files.size(path), withoutOuterFolder(entries)));
    }

    /** Counted by walking the directory before any entry is kept: the count in the end record may lie. */
    private static boolean holdsMoreThan(int max, Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            long at = directoryStart(file);
            ByteBuffer header = ByteBuffer.allocate(46).order(ByteOrder.LITTLE_ENDIAN);
            for (int count = 0; count <= max; count++) {
                header.clear();
                if (at < 0 || file.read(header, at) < 46 || header.getInt(0) != DIRECTORY_ENTRY) return false;
                at += 46 + unsigned(header, 28) + unsigned(header, 30) + unsigned(header, 32);
            }
            return true;
        }
    }

    /** Where the library will begin to read the directory, or -1 where there is none. */
    private static long directoryStart(FileChannel file) throws IOException {
        long from = Math.max(0, file.size() - 22 - 65_535);
        ByteBuffer tail = ByteBuffer.allocate((int) (file.size() - from)).order(ByteOrder.LITTLE_ENDIAN);
        while (tail.hasRemaining() && file.read(tail, from + tail.position()) >= 0) {
            // reads until the tail is full
        }
        for (int at = tail.capacity() - 22; at >= 0; at--) {
            if (tail.getInt(at) != DIRECTORY_END) continue;
            if (at >= 20 && tail.getInt(at - 20) == ZIP64_LOCATOR) {
                ByteBuffer large = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
                long record = tail.getLong(at - 12);
                return record >= 0 && file.read(large, record) == 56 ? large.getLong(48) : -1;
            }
            long size = tail.getInt(at + 12) & 0xffffffffL;
            long start = tail.getInt(at + 16) & 0xffffffffL;
            return Math.max(start, from + at - size);
        }
        return -1;
    }

    private static int unsigned(ByteBuffer buffer, int at) {
        return buffer.getShort(at) & 0xffff;
    }

    private static Problem tooManyEntries(Limits limits) {
        return Problem.of(
                null,
                "the archive holds more than " + limits.entriesMax() + " files",
                "at most " + limits.entriesMax() + "; put many images into fewer files");
    }

    private static Map<String, ZipArchiveEntry> entries(ZipFile zip, Limits limits, Problems problems) {
        Map<String, ZipArchiveEntry> entries = new TreeMap<>();
        Set<String> folded = new HashSet<>();
        for (Enumeration<ZipArchiveEntry> all = zip.getEntries(); all.hasMoreElements(); ) {
            ZipArchiveEntry entry = all.nextElement();
            String name = entry.getName();
            if (entry.isDirectory() || isByTheSystem(name)) continue;
            String shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
            if (!isSafe(name)) {
                problems.add(Problem.of(
                        null,
                        "'" + printable(shown) + "' is not an allowed file name",
                        "use relative names without '..', backslashes or control characters"));
            } else if (entry.isUnixSymlink()) {
                problems.add(Problem.of(shown, "this entry is a link", "put the file itself into the archive"));
            } else if (entry.getGeneralPurposeBit().usesEncryption()) {
                problems.add(Problem.of(shown, "this entry is encrypted", "pack without a password"));
            } else if (!METHODS.contains(entry.getMethod())) {
                problems.add(Problem.of(
                        shown, "this entry's compression is not known", "pack with deflate, as 'zip -r' does"));
            } else if (grows(entry.getSize(), entry.getCompressedSize(), limits)) {
                problems.add(tooMuchGrowth(shown, limits));
            } else if (!folded.add(name.toLowerCase(Locale.ROOT))) {
                problems.add(Problem.of(shown, "two entries have this name", "keep one of them"));
            } else {
                entries.put(name, entry);
            }
            if (entries.size() > limits.entriesMax()) {
                problems.add(tooManyEntries(limits));
                break;
            }
        }
        return entries;
    }

    private static boolean grows(long bytes, long compressed, Limits limits) {
        return bytes > GROWTH_FREE_BYTES && bytes / Math.max(1, compressed) > limits.growthMax();
    }

    private static Problem tooMuchGrowth(String name, Limits limits) {
        return Problem.of(
                name, "this file grows more than " + limits.growthMax() + "-fold when unpacked", "send real data");
    }

    private static boolean isByTheSystem(String name) {
        return name.startsWith("__MACOSX/") || name.endsWith(".DS_Store") || name.endsWith("Thumbs.db");
    }

    private static boolean isSafe(String name) {
        if (name.isEmpty() || name.length() > NAME_CHARACTERS_MAX || name.startsWith("/") || name.contains("\\")) {
            return false;
        }
        if (name.chars().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
            return false;
        }
        for (String part : name.split("/", -1))
            if (part.equals("..") || part.equals(".") || part.isEmpty()) return false;
        return !(name.length() > 1 && name.charAt(1) == ':');
    }

    private static String printable(String name) {
        return name.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }

    private static Map<String, ZipArchiveEntry> withoutOuterFolder(Map<String, ZipArchiveEntry> entries) {
        if (entries.isEmpty()) return entries;
        String first = entries.keySet().iterator().next();
        int slash = first.indexOf('/');
        if (slash < 0) return entries;
        String folder = first.substring(0, slash + 1);
        if (!entries.keySet().stream().allMatch(name -> name.startsWith(folder))) return entries;
        Map<String, ZipArchiveEntry> inner = new TreeMap<>();
        entries.forEach((name, entry) -> inner.put(name.substring(folder.length()), entry));
        return inner;
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public Optional<byte[]> read(String name, int from, Problems problems) throws IOException {
        ZipArchiveEntry entry = entries.get(name);
        long compressed = entry.getCompressedSize();
        Bytes bytes = new Bytes((int) Math.max(0, believed(entry) - from));
        byte[] chunk = new byte[1 << 16];
        try (InputStream stream = zip.getInputStream(entry)) {
            stream.skipNBytes(from);
            for (int read; (read = stream.read(chunk)) >= 0; ) {
                bytes.write(chunk, 0, read);
                inflated += read;
                if (inflated > limits.inflatedBytesMax()) {
                    problems.add(Problem.of(
                            null,
                            "the archive unpacks to more than " + (limits.inflatedBytesMax() >> 20) + " MB",
                            "send less"));
                    return Optional.empty();
                }
                // The directory may have lied about the size.
                if (grows(bytes.size(), compressed, limits)) {
                    problems.add(tooMuchGrowth(name, limits));
                    return Optional.empty();
                }
            }
        } catch (IOException e) {
            problems.add(broken(name));
            return Optional.empty();
        }
        return Optional.of(bytes.all());
    }

    /** Gives its array away where that is full: of a large file there is one copy then. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes(int size) {
            super(size);
        }

        byte[] all() {
            return count == buf.length ? buf : toByteArray();
        }
    }

    /** What to make room for: the size that the directory tells, as far as the file's own bytes make it likely. */
    private long believed(ZipArchiveEntry entry) {
        long held = Math.clamp(entry.getCompressedSize(), 0, sizeMax);
        return Math.clamp(
                entry.getSize(),
                0,
                Math.min(EXPECTED_GROWTH * held, Math.min(limits.inflatedBytesMax(), Integer.MAX_VALUE - 8)));
    }

    @Override
    public Optional<byte[]> head(String name, int bytesMax, Problems problems) {
        try (InputStream stream = zip.getInputStream(entries.get(name))) {
            byte[] head = stream.readNBytes(bytesMax);
            inflated += head.length;
            return Optional.of(head);
        } catch (IOException e) {
            problems.add(broken(name));
            return Optional.empty();
        }
    }

    private static Problem broken(String name) {
        return Problem.of(name, "this file cannot be unpacked", "pack the archive again");
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
