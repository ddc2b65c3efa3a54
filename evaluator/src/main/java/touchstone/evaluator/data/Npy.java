package touchstone.evaluator.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's array file, version 1.0 and 2.0, C order: {@code |u1} and {@code <i4}/{@code <i8} whole numbers, {@code <f4}/{@code
 * <f8} fractions. Format: numpy.lib.format.
 *
 * @param kind as NumPy writes it
 * @param data little-endian
 */
public record Npy(String kind, int[] shape, byte[] data) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern KIND = Pattern.compile("'descr'\\s*:\\s*'([<|]?[a-z][1-9])'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*False");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

    /** Longer than any header of a plain array. */
    public static final int HEADER_BYTES_MAX = 1 << 16;

    /** @param start bytes before the data */
    public record Header(String kind, int[] shape, int start) {
        /** Of the data. Throws {@link IllegalArgumentException} where no array can have so many. */
        long bytes() {
            try {
                return Arrays.stream(shape).asLongStream().reduce(width(kind), Math::multiplyExact);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("the array is too large", e);
            }
        }
    }

    /** Throws {@link IllegalArgumentException} with a sentence when the bytes are not such a file. */
    public static Npy read(byte[] bytes) {
        Header header = header(bytes);
        byte[] data = Arrays.copyOfRange(bytes, header.start, bytes.length);
        if (data.length != header.bytes()) {
            throw new IllegalArgumentException("the array needs " + header.bytes() + " bytes, found " + data.length);
        }
        return new Npy(header.kind, header.shape, data);
    }

    /** The header alone. Throws as {@link #read}. @param bytes at least {@link #HEADER_BYTES_MAX}, or the whole file */
    public static Header header(byte[] bytes) {
        if (bytes.length < 12 || !Arrays.equals(bytes, 0, 6, MAGIC, 0, 6)) {
            throw new IllegalArgumentException("this is not a .npy file");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int major = bytes[6];
        long length = major == 1 ? buffer.getShort(8) & 0xffff : buffer.getInt(8) & 0xffffffffL;
        int start = major == 1 ? 10 : 12;
        if (start + length > bytes.length) throw new IllegalArgumentException("the header ends too early");
        String header = new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
        Matcher kind = KIND.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!kind.find() || !shape.find()) throw new IllegalArgumentException("the header cannot be read");
        if (!ORDER.matcher(header).find()) throw new IllegalArgumentException("the array is in Fortran order");
        return new Header(kind.group(1), sizes(shape.group(1)), start + (int) length);
    }

    private static int[] sizes(String shape) {
        try {
            return Arrays.stream(shape.split(","))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the header's shape cannot be read", e);
        }
    }

    public static byte[] write(Npy array) {
        byte[] head = head(array);
        byte[] file = Arrays.copyOf(head, head.length + array.data.length);
        System.arraycopy(array.data, 0, file, head.length, array.data.length);
        return file;
    }

    /** What stands before the data in the array's file. */
    static byte[] head(Npy array) {
        String shape = Arrays.stream(array.shape).mapToObj(size -> size + ",").collect(Collectors.joining(" "));
        String header = "{'descr': '" + array.kind + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int padded = (10 + header.length() + 1 + 63) / 64 * 64 - 10;
        header = header + " ".repeat(padded - header.length() - 1) + "\n";
        ByteBuffer head = ByteBuffer.allocate(10 + padded);
        head.put(MAGIC).put(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
        head.put(header.getBytes(StandardCharsets.ISO_8859_1));
        return head.array();
    }

    public static Npy ofBytes(byte[] data, int... shape) {
        return new Npy("|u1", shape, data);
    }

    public static Npy ofInts(int[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return new Npy("<i4", new int[] {values.length}, buffer.array());
    }

    /** Whole numbers of any width. Throws {@link IllegalArgumentException} for another kind, or one beyond 32 bits. */
    public int[] ints() {
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int[] values = new int[data.length / width(kind)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (kind) {
                case "|u1" -> data[i] & 0xff;
                case "<i4" -> buffer.getInt(i * 4);
                case "<i8" -> small(buffer.getLong(i * 8));
                default -> throw new IllegalArgumentException("whole numbers are needed, found " + kind);
            };
        }
        return values;
    }

    private static int small(long value) {
        if ((int) value == value) return (int) value;
        throw new IllegalArgumentException("the array holds " + value + ": whole numbers must fit 32 bits");
    }

    /** Fractions of either width, or empty where they are of another kind. */
    public Optional<double[]> fractions() {
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (!kind.equals("<f4") && !kind.equals("<f8")) return Optional.empty();
        double[] values = new double[data.length / width(kind)];
        for (int i = 0; i < values.length; i++) {
            values[i] = kind.equals("<f4") ? buffer.getFloat(i * 4) : buffer.getDouble(i * 8);
        }
        return Optional.of(values);
    }

    private static int width(String kind) {
        return kind.charAt(kind.length() - 1) - '0';
    }
}
