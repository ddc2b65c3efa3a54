package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.TrainingSet;

/** What a check says of places and weight is what training does. */
final class ForecastTest {

    private static final int EPOCHS = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "samples:\n  draw: \"if(label == 'i', 1, 3)\"\n",
                "samples:\n  draw: \"if(luma > 0.9, 1000, 1)\"\nweights:\n  - value: \"luma * luma\"\n",
                "weights:\n  - value: \"if(label == 'iv', 1000, 1)\"\n",
                "weights:\n  - value: \"if(class_rank(luma) < 0.03, 1, 0)\"\n",
                "samples:\n  draw: \"if(label == 'i', 0, 1)\"\nweights:\n  - value: \"if(label == 'i', 1, 0.001 * luma)\"\n",
            })
    void isWhatTrainingDoes(String rules) {
        TaskPack tiny = TestTasks.tiny();
        TrainingSet set = TestTasks.set(tiny, TestTasks.write(folder, Map.of("strategy.yaml", rules)));
        int places = tiny.stepsPerEpoch() * tiny.file().recipe().batch();
        EpochRules epochRules = new EpochRules(set, EPOCHS, new Observations(set.size(), 4));
        Draw draw = new Draw(set, places, 1);
        double[] drawn = new double[4];
        double[] weighed = new double[4];
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            epochRules.begin(epoch);
            List<Place> actual = draw.epoch(epoch, epochRules.rates());
            double[] weights = PlaceWeights.of(actual, epochRules.weights(), set, PlaceWeights.cap(tiny));
            for (int p = 0; p < places; p++) {
                int label = TrainingSet.hard(set.labels()[actual.get(p).sample()]);
                drawn[label] += 1.0 / places / EPOCHS;
                weighed[label] += weights[p] / places / EPOCHS;
            }
        }
        Forecast forecast = Forecast.of(tiny, set);
        Forecast.Range told = forecast.ranges().getFirst();
        double[] shares = new double[4];
        for (int i = 0; i < set.size(); i++) shares[TrainingSet.hard(set.labels()[i])] += forecast.shares()[i];
        for (int c = 0; c < 4; c++) {
            assertEquals(drawn[c], told.places()[c], 0.005, "places of class " + c);
            assertEquals(weighed[c], told.weight()[c], 0.02, "weight of class " + c);
            assertEquals(told.weight()[c], shares[c], 1e-9, "of the whole run");
        }
    }

    @Test
    void rulesThatObserveAreNamedAndLeftOut() {
        TaskPack tiny = TestTasks.tiny();
        TrainingSet set = TestTasks.set(tiny, TestTasks.write(folder, Map.of("strategy.yaml", """
                samples:
                  draw: "1 + loss"
                labels:
                  - {toward: prediction, amount: 0.5}
                  - {smooth: 0.1, where: "confidence < 0.1"}
                weights:
                  - value: "epoch"
                  - value: "loss_rank"
                """)));
        assertEquals(List.of("samples.draw", "labels[0]", "labels[1]", "weights[1]"), Forecast.unknown(set));
        List<Forecast.Range> ranges = Forecast.of(tiny, set).ranges();
        assertEquals(1, ranges.size(), "equal weights are equal in every epoch");
        assertEquals(1, ranges.getFirst().from());
        assertEquals(tiny.file().recipe().epochs(), ranges.getFirst().to());
    }
}
