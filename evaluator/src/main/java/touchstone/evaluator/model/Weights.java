package touchstone.evaluator.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Digests;

/** Named float32 arrays in a fixed order; as a file, the safetensors format (github.com/huggingface/safetensors). */
public record Weights(Map<String, Tensor> tensors) {

    /** @param trained false for what batch norm only observes */
    public record Tensor(int[] shape, float[] values, boolean trained, boolean decayed) {}

    private static final int HEADER_BYTES_MAX = 1 << 20;
    /** Free text that the format allows. */
    private static final String METADATA = "__metadata__";

    public Weights {
        tensors = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Names: the layer's position, the way inside a residual layer, the position there, and what the array is. */
    static final String TOP = "layer";

    static final String PATH = ".path";
    static final String SHORTCUT = ".shortcut";
    static final String WEIGHT = ".weight";
    static final String BIAS = ".bias";
    static final String SCALE = ".scale";
    static final String SHIFT = ".shift";
    static final String MEAN = ".mean";
    static final String VARIANCE = ".variance";

    /**
     * Initial weights from a seed, the same on every machine: He et al. (2015) for convolutions and hidden layers, uniform in
     * ±1/sqrt(in) for the last one; batch norm starts at scale 1 and shift 0, in residual layers too (He et al., 2016).
     */
    public static Weights initial(List<Layer> layers, long seed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        initial(layers, TOP, layers.getLast(), new SplittableRandom(seed), tensors);
        return new Weights(tensors);
    }

    private static void initial(
            List<Layer> layers, String prefix, Layer last, SplittableRandom random, Map<String, Tensor> tensors) {
        for (int i = 0; i < layers.size(); i++) {
            String name = prefix + i;
            switch (layers.get(i)) {
                case Layer.Convolution c -> {
                    int fan = c.in() * c.kernel() * c.kernel();
                    float[] values = gaussian(random, c.out() * fan, StrictMath.sqrt(2.0 / fan));
                    int[] shape = {c.out(), c.in(), c.kernel(), c.kernel()};
                    tensors.put(name + WEIGHT, new Tensor(shape, values, true, true));
                }
                case Layer.Linear l -> {
                    float[] values = l == last
                            ? uniform(random, l.in() * l.out(), 1 / StrictMath.sqrt(l.in()))
                            : gaussian(random, l.in() * l.out(), StrictMath.sqrt(2.0 / l.in()));
                    tensors.put(name + WEIGHT, new Tensor(new int[] {l.out(), l.in()}, values, true, true));
                    tensors.put(name + BIAS, new Tensor(new int[] {l.out()}, new float[l.out()], true, false));
                }
                case Layer.BatchNorm b -> {
                    int[] shape = {b.channels()};
                    tensors.put(name + SCALE, new Tensor(shape, filled(b.channels(), 1), true, false));
                    tensors.put(name + SHIFT, new Tensor(shape, filled(b.channels(), 0), true, false));
                    tensors.put(name + MEAN, new Tensor(shape, filled(b.channels(), 0), false, false));
                    tensors.put(name + VARIANCE, new Tensor(shape, filled(b.channels(), 1), false, false));
                }
                case Layer.Residual residual -> {
                    initial(residual.path(), name + PATH, last, random, tensors);
                    initial(residual.shortcut(), name + SHORTCUT, last, random, tensors);
                }
                case Layer.Relu relu -> {}
                case Layer.MaxPool pool -> {}
                case Layer.GlobalMaxPool pool -> {}
                case Layer.GlobalAveragePool pool -> {}
                case Layer.Flatten flatten -> {}
            }
        }
    }

    private static float[] gaussian(SplittableRandom random, int n, double deviation) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            values[i] = (float) (deviation * radius * StrictMath.cos(2 * Math.PI * random.nextDouble()));
        }
        return values;
    }

    private static float[] uniform(SplittableRandom random, int n, double bound) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        return values;
    }

    private static float[] filled(int n, float value) {
        float[] values = new float[n];
        Arrays.fill(values, value);
        return values;
    }

    /** The same weights with other values, by name. */
    public Weights with(Map<String, float[]> values) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                changed.put(name, new Tensor(tensor.shape(), values.get(name), tensor.trained(), tensor.decayed())));
        return new Weights(changed);
    }

    /** Whether every value is a finite number. */
    public boolean isFinite() {
        for (Tensor tensor : tensors.values()) {
            for (float value : tensor.values()) if (!Float.isFinite(value)) return false;
        }
        return true;
    }

    public byte[] toBytes() {
        ObjectNode header = new ObjectMapper().createObjectNode();
        int offset = 0;
        for (var entry : tensors.entrySet()) {
            ObjectNode one = header.putObject(entry.getKey()).put("dtype", "F32");
            one.putPOJO("shape", entry.getValue().shape());
            int end = offset + 4 * entry.getValue().values().length;
            one.putPOJO("data_offsets", new int[] {offset, end});
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + offset).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        for (Tensor tensor : tensors.values()) for (float value : tensor.values()) file.putFloat(value);
        return file.array();
    }

    /**
     * Reads a safetensors file of the same names and shapes as {@code like}, in whatever order. Throws {@link
     * IllegalArgumentException} with a sentence that tells the first difference.
     */
    public static Weights read(byte[] bytes, Weights like) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 8) throw new IllegalArgumentException("the weights file ends too early");
        long length = file.getLong();
        if (length < 2 || length > HEADER_BYTES_MAX || length > file.remaining()) {
            throw new IllegalArgumentException("the header of the weights file cannot be read");
        }
        byte[] json = new byte[(int) length];
        file.get(json);
        JsonNode header = header(json);
        Map<String, float[]> values = new LinkedHashMap<>();
        like.tensors.forEach((name, tensor) -> values.put(name, floats(name, tensor, header.get(name), file.slice())));
        header.fieldNames().forEachRemaining(name -> {
            if (!like.tensors.containsKey(name) && !name.equals(METADATA)) {
                throw new IllegalArgumentException("the weights file holds '" + name + "', which the model has not");
            }
        });
        return like.with(values);
    }

    private static JsonNode header(byte[] json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("the header of the weights file is not JSON", e);
        }
    }

    /** @param data the file behind its header */
    private static float[] floats(String name, Tensor like, @Nullable JsonNode entry, ByteBuffer data) {
        if (entry == null) throw new IllegalArgumentException("the weights file has no '" + name + "'");
        String shape = entry.path("shape").toString();
        String wanted = Arrays.toString(like.shape()).replace(" ", "");
        if (!entry.path("dtype").asText().equals("F32") || !shape.equals(wanted)) {
            throw new IllegalArgumentException("'" + name + "' is "
                    + entry.path("dtype").asText() + " of shape " + shape + "; the model needs F32 of shape " + wanted);
        }
        float[] values = new float[like.values().length];
        long from = entry.path("data_offsets").path(0).asLong(-1);
        long to = entry.path("data_offsets").path(1).asLong(-1);
        if (from < 0 || to - from != 4L * values.length || to > data.remaining()) {
            throw new IllegalArgumentException("the bytes of '" + name + "' are not all there");
        }
        data.position((int) from)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    public String digest() {
        return Digests.of(toBytes());
    }
}
