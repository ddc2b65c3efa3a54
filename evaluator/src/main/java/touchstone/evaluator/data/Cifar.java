package touchstone.evaluator.data;

/**
 * The binary files of CIFAR-10 (one label byte) and CIFAR-100 (a coarse and a fine label byte; the fine one is the class),
 * each followed by 3 x 32 x 32 bytes of pixels, plane by plane.
 */
final class Cifar {

    private static final int PIXELS = 3 * 32 * 32;

    private Cifar() {}

    /** 0 when the file is neither. */
    static int recordBytes(byte[] file) {
        if (file.length == 0) return 0;
        if (file.length % (PIXELS + 1) == 0) return PIXELS + 1;
        return file.length % (PIXELS + 2) == 0 ? PIXELS + 2 : 0;
    }

    static int[] labels(byte[] file, int record) {
        int[] labels = new int[file.length / record];
        for (int i = 0; i < labels.length; i++) labels[i] = file[(i + 1) * record - PIXELS - 1] & 0xff;
        return labels;
    }

    static byte[] images(byte[] file, int record) {
        byte[] images = new byte[file.length / record * PIXELS];
        for (int i = 0; i < images.length / PIXELS; i++) {
            System.arraycopy(file, (i + 1) * record - PIXELS, images, i * PIXELS, PIXELS);
        }
        return images;
    }
}
