package touchstone.evaluator.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskFile.Model;

final class WeightsTest {

    private static final List<Layer> MLP = Architecture.layers(new Model("mlp", 5), new Input(1, 8, 8), 3);

    @Test
    void readsWhatItWrote() {
        Weights weights = Weights.initial(MLP, 17);
        Weights read = Weights.read(weights.toBytes(), Weights.initial(MLP, 0));
        assertEquals(weights.digest(), read.digest());
        weights.tensors()
                .forEach((name, tensor) -> assertArrayEquals(
                        tensor.values(), read.tensors().get(name).values(), name));
    }

    /** Frozen: a change of these digests is a change of every task's initial weights. */
    @Test
    void theSameSeedGivesTheSameWeightsOnEveryMachine() {
        assertEquals(MLP_17, Weights.initial(MLP, 17).digest());
        assertEquals(
                SMALL_CNN_17,
                Weights.initial(Architecture.layers(new Model("small-cnn", 4), new Input(1, 16, 16), 4), 17)
                        .digest());
        assertNotEquals(
                Weights.initial(MLP, 17).digest(), Weights.initial(MLP, 18).digest());
    }

    private static final String MLP_17 = "35d6c6e04e317fbd050de9dc643cc52f6aea6c27070278d23352d5fe99d82e12";
    private static final String SMALL_CNN_17 = "14c598c66d3a41a32351deb149c72f3aba8459dfb5aedd52c0c067b163decae6";

    @Test
    void beginsAsTheLiteratureSays() {
        Weights weights = Weights.initial(Architecture.layers(new Model("mlp", 400), new Input(1, 16, 16), 10), 1);
        float[] hidden = weights.tensors().get("layer1.weight").values();
        double squares = 0;
        for (float value : hidden) squares += (double) value * value;
        assertEquals(2.0 / 256, squares / hidden.length, 0.0001);
        double bound = 1 / Math.sqrt(400);
        for (float value : weights.tensors().get("layer4.weight").values()) assertTrue(Math.abs(value) <= bound);
        for (float value : weights.tensors().get("layer4.bias").values()) assertEquals(0, value);
        for (float value : weights.tensors().get("layer2.scale").values()) assertEquals(1, value);
    }

    @Test
    void decayFallsOnConvolutionsAndLinearWeightsOnly() {
        Weights.initial(Architecture.layers(new Model("small-cnn", 4), new Input(1, 16, 16), 4), 1)
                .tensors()
                .forEach((name, tensor) -> {
                    assertEquals(name.endsWith(".weight"), tensor.decayed(), name);
                    assertEquals(!name.endsWith(".mean") && !name.endsWith(".variance"), tensor.trained(), name);
                });
    }

    @Test
    void isASafetensorsFile() {
        byte[] bytes = Weights.initial(MLP, 1).toBytes();
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String json = new String(bytes, 8, (int) header, StandardCharsets.UTF_8);
        assertTrue(
                json.startsWith("{\"layer1.weight\":{\"dtype\":\"F32\",\"shape\":[5,64],\"data_offsets\":[0,1280]}"),
                json);
    }

    @Test
    void refusesAnotherArchitecture() {
        byte[] bytes = Weights.initial(MLP, 1).toBytes();
        Weights wider = Weights.initial(Architecture.layers(new Model("mlp", 6), new Input(1, 8, 8), 3), 1);
        assertThrows(IllegalArgumentException.class, () -> Weights.read(bytes, wider));
        Weights other = Weights.initial(Architecture.layers(new Model("small-cnn", 4), new Input(1, 8, 8), 3), 1);
        assertEquals(
                "the weights file has no 'layer0.weight'",
                assertThrows(IllegalArgumentException.class, () -> Weights.read(bytes, other))
                        .getMessage());
        assertEquals(
                "'layer1.weight' is F32 of shape [5,64]; the model needs F32 of shape [6,64]",
                assertThrows(IllegalArgumentException.class, () -> Weights.read(bytes, wider))
                        .getMessage());
    }

    /** As other writers of the format order and annotate it. */
    @Test
    void readsInWhateverOrder() {
        Map<String, Weights.Tensor> reversed = new LinkedHashMap<>();
        Weights weights = Weights.initial(MLP, 3);
        List.copyOf(weights.tensors().keySet())
                .reversed()
                .forEach(name -> reversed.put(name, weights.tensors().get(name)));
        byte[] plain = new Weights(reversed).toBytes();
        String note = "\"__metadata__\":{\"format\":\"pt\"},";
        ByteBuffer noted = ByteBuffer.allocate(plain.length + note.length()).order(ByteOrder.LITTLE_ENDIAN);
        noted.putLong(ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getLong() + note.length());
        noted.put((byte) '{').put(note.getBytes(StandardCharsets.UTF_8)).put(plain, 9, plain.length - 9);
        assertEquals(
                weights.digest(),
                Weights.read(noted.array(), Weights.initial(MLP, 0)).digest());
    }

    @Test
    void refusesWhatTheModelHasNot() {
        Map<String, Weights.Tensor> more =
                new LinkedHashMap<>(Weights.initial(MLP, 1).tensors());
        more.put("layer9.weight", new Weights.Tensor(new int[] {1}, new float[1], true, true));
        assertEquals(
                "the weights file holds 'layer9.weight', which the model has not",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Weights.read(new Weights(more).toBytes(), Weights.initial(MLP, 1)))
                        .getMessage());
    }

    @Test
    void refusesWhatIsCutOff() {
        byte[] bytes = Weights.initial(MLP, 1).toBytes();
        for (int length : new int[] {0, 7, 20, bytes.length - 1}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Weights.read(Arrays.copyOf(bytes, length), Weights.initial(MLP, 1)));
        }
    }

    @Test
    void knowsWhatIsNotFinite() {
        Weights weights = Weights.initial(MLP, 1);
        assertTrue(weights.isFinite());
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.tensors()
                .forEach((name, tensor) -> values.put(name, tensor.values().clone()));
        values.get("layer4.bias")[1] = Float.NaN;
        assertFalse(weights.with(values).isFinite());
    }
}
