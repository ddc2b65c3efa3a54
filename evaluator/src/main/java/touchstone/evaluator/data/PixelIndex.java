package touchstone.evaluator.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Finds equal images, pixel for pixel: by checksum, then byte by byte. */
public final class PixelIndex {

    private record Entry(byte[] images, int offset, int number) {}

    private final int pixels;
    private final CRC32C checksum = new CRC32C();
    private final Map<Long, List<Entry>> entries = new HashMap<>();

    /** @param pixels bytes of one image */
    public PixelIndex(int pixels) {
        this.pixels = pixels;
    }

    public void add(byte[] images, int offset, int number) {
        entries.computeIfAbsent(key(images, offset), key -> new ArrayList<>(1)).add(new Entry(images, offset, number));
    }

    /** The numbers of all that equal the image at {@code offset}, in the order in which they were added. */
    public List<Integer> equalTo(byte[] images, int offset) {
        List<Entry> candidates = entries.get(key(images, offset));
        if (candidates == null) return List.of();
        return candidates.stream()
                .filter(entry -> Arrays.equals(
                        entry.images, entry.offset, entry.offset + pixels, images, offset, offset + pixels))
                .map(Entry::number)
                .toList();
    }

    private long key(byte[] images, int offset) {
        checksum.reset();
        checksum.update(images, offset, pixels);
        return checksum.getValue();
    }
}
