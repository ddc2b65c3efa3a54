package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.strategy.Tables;

final class EpochRulesTest {

    private static final float[] LOGS = {
        (float) Math.log(0.9), (float) Math.log(0.1),
        (float) Math.log(0.2), (float) Math.log(0.8),
        (float) Math.log(0.6), (float) Math.log(0.4),
    };

    private Observations observations;
    private EpochRules rules;

    @Test
    void whatReadsAnObservationChangesNothingInTheFirstEpoch() {
        given("""
                samples:
                  draw: "10 * loss"
                  augment:
                    - {flip: horizontal, where: "loss >= 0"}
                    - {flip: horizontal, where: "not loss > 100"}
                labels:
                  - {toward: prediction, amount: 1}
                  - {smooth: "0.5 * mean_loss"}
                  - {smooth: 0.5, where: "prediction == label or prediction != label"}
                weights:
                  - value: "if(loss > 0, 7, 5)"
                """);
        rules.begin(1);
        assertArrayEquals(new double[] {1, 1, 1}, rules.rates());
        assertArrayEquals(new double[] {1, 1, 1}, rules.weights());
        for (double[] label : rules.labels()) assertArrayEquals(new double[] {1, 0}, label);
        for (boolean[] condition : rules.conditions()) assertArrayEquals(new boolean[3], condition);
    }

    @Test
    void anEpochReadsTheOnesBefore() {
        given("""
                weights:
                  - value: "if(epoch >= 2 and loss_rank > 0.7, 0, 1)"
                """);
        rules.begin(1);
        assertArrayEquals(new double[] {1, 1, 1}, rules.weights());
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {1, 0, 1}, rules.weights());
    }

    @Test
    void aSampleThatWasNotSeenIsLeftAlone() {
        given("weights:\n  - value: \"2 + confidence\"\n");
        observations.add(
                List.of(new Place(1, 1, 0)),
                new float[] {LOGS[2], LOGS[3]},
                new boolean[1],
                Sets.labels(3),
                Sets.labels(3));
        observations.rank(Sets.labels(3));
        rules.begin(2);
        assertArrayEquals(new double[] {1, 2.2, 1}, rules.weights(), 1e-6);
    }

    @Test
    void theClockIsKnownFromTheStart() {
        given("weights:\n  - value: \"epoch + 10 * epochs + 100 * progress\"\n");
        rules.begin(1);
        assertEquals(41, rules.weights()[0]);
        rules.begin(3);
        assertEquals(43 + 100 * 2 / 3.0, rules.weights()[0], 1e-12);
        rules.begin(4);
        assertEquals(144, rules.weights()[0]);
    }

    @Test
    void labelsMoveTowardThePredictionAndStayMoved() {
        given("labels:\n  - {toward: prediction, amount: 0.5}\n");
        rules.begin(1);
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {0.6, 0.4}, rules.labels()[1], 1e-6);
        rules.begin(3);
        assertArrayEquals(new double[] {0.4, 0.6}, rules.labels()[1], 1e-6, "from where it stood");
        assertArrayEquals(new double[] {1, 0}, Sets.labels(3)[1], "what was given is what was given");
    }

    @Test
    void whereTheConditionHoldsNotTheLabelStays() {
        given("labels:\n  - {toward: prediction, amount: 1, where: \"confidence < 0.5\"}\n");
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {1, 0}, rules.labels()[0]);
        assertArrayEquals(new double[] {0.2, 0.8}, rules.labels()[1], 1e-6);
        assertArrayEquals(new double[] {1, 0}, rules.labels()[2]);
    }

    @Test
    void aDynamicSmoothingIsNotSmoothedAgain() {
        given("labels:\n  - {smooth: \"0.5 * progress\"}\n");
        rules.begin(4);
        assertArrayEquals(new double[] {0.75, 0.25}, rules.labels()[0], 1e-12);
        rules.begin(4);
        assertArrayEquals(new double[] {0.75, 0.25}, rules.labels()[0], 1e-12);
    }

    @Test
    void aSmoothingBelowDoesNotUndoAMove() {
        given("labels:\n  - {toward: prediction, amount: 0.5}\n  - {smooth: \"0.5 * progress\"}\n");
        see();
        rules.begin(4);
        assertArrayEquals(new double[] {0.55, 0.45}, rules.labels()[1], 1e-6, "(0.6, 0.4), half of it made even");
        rules.begin(1);
        assertArrayEquals(new double[] {0.4, 0.6}, rules.labels()[1], 1e-6, "moved again, and not softened");
    }

    @Test
    void smoothingDoesNotAddUp() {
        given("labels:\n  - {smooth: \"0.1 * epoch / epoch\"}\n");
        for (int epoch = 1; epoch <= 4; epoch++) {
            rules.begin(epoch);
            assertArrayEquals(new double[] {0.95, 0.05}, rules.labels()[0], 1e-12);
        }
    }

    @Test
    void aFixedSmoothingBelowAChangingRuleIsDoneInItsPlaceEachEpoch() {
        given("labels:\n  - {toward: predicted, amount: 1}\n  - {smooth: 0.2}\n");
        rules.begin(1);
        assertArrayEquals(new double[] {0.9, 0.1}, rules.labels()[1], 1e-12, "nothing was seen, so nothing moved");
        see();
        for (int epoch = 2; epoch <= 4; epoch++) {
            rules.begin(epoch);
            assertArrayEquals(new double[] {0.1, 0.9}, rules.labels()[1], 1e-12);
        }
    }

    @Test
    void rulesAreAppliedFromTopToBottom() {
        given("labels:\n  - {smooth: \"0.5 * epoch / epoch\"}\n  - {toward: predicted, amount: 0.5}\n");
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {0.375, 0.625}, rules.labels()[1], 1e-12, "softened to (3/4, 1/4), then moved");
        rules.begin(3);
        assertArrayEquals(
                new double[] {0.25, 0.75}, rules.labels()[1], 1e-12, "carried as (1/2, 1/2), which is even; moved");
    }

    @Test
    void predictedIsTheClassAlone() {
        given("labels:\n  - {toward: predicted, amount: 0.5}\n");
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {1, 0}, rules.labels()[0]);
        assertArrayEquals(new double[] {0.5, 0.5}, rules.labels()[1]);
    }

    @Test
    void posteriorIsTheLabelBeforeTrainingTimesThePrediction() {
        double[][] candidates = {{0.5, 0.5}, {0.25, 0.75}, {1, 0}};
        observations = new Observations(3, 2);
        rules = new EpochRules(
                Sets.of("labels:\n  - {toward: posterior, amount: 1}\n", candidates, 0, Map.of()), 4, observations);
        see();
        for (int epoch = 2; epoch <= 3; epoch++) {
            rules.begin(epoch);
            assertArrayEquals(new double[] {0.9, 0.1}, rules.labels()[0], 1e-6);
            assertArrayEquals(new double[] {0.05 / 0.65, 0.6 / 0.65}, rules.labels()[1], 1e-6);
            assertArrayEquals(new double[] {1, 0}, rules.labels()[2], "a hard label leaves no choice");
        }
    }

    @Test
    void ratesMayStandInATable() {
        observations = new Observations(3, 2);
        rules = new EpochRules(
                Sets.drawn(3, List.of(new Tables.EpochValue("b1", 2, 5), new Tables.EpochValue("b2", 1, 0))),
                4,
                observations);
        rules.begin(1);
        assertArrayEquals(new double[] {1, 1, 0}, rules.rates());
        rules.begin(2);
        assertArrayEquals(new double[] {1, 5, 0}, rules.rates());
    }

    @Test
    void amountsAreHeldToOne() {
        given("labels:\n  - {toward: prediction, amount: \"50 * epoch\"}\n");
        see();
        rules.begin(2);
        assertArrayEquals(new double[] {0.2, 0.8}, rules.labels()[1], 1e-6);
    }

    @Test
    void whatIsNoWeightIsMadeHarmlessAndReported() {
        given("weights:\n  - value: \"if(epoch == 1, log(0 - epoch), 0 - epoch)\"\n");
        rules.begin(1);
        assertArrayEquals(new double[] {1, 1, 1}, rules.weights());
        rules.begin(2);
        assertArrayEquals(new double[] {0, 0, 0}, rules.weights());
        assertEquals(
                List.of(
                        "weights[0] was negative 3 times and was made harmless",
                        "weights[0] was not a finite number 3 times and was made harmless"),
                rules.notes());
    }

    @Test
    void aConditionThatNeverHeldIsReported() {
        given("""
                samples:
                  augment:
                    - {flip: horizontal, where: "luma > 5"}
                    - {flip: horizontal, where: "luma < 5"}
                """);
        rules.begin(1);
        rules.conditions();
        assertEquals(List.of("samples.augment[0]: its condition held for no sample in any epoch"), rules.notes());
    }

    @Test
    void weightRulesAreMultiplied() {
        TrainingSet set = Sets.of(
                """
                weights:
                  - file: w.csv
                  - value: "2"
                """,
                Sets.labels(3),
                0,
                Map.of(0, List.of(new Tables.EpochValue("b1", 2, 5), new Tables.EpochValue("b2", 1, 0.5))));
        EpochRules found = new EpochRules(set, 4, new Observations(3, 2));
        found.begin(1);
        assertArrayEquals(new double[] {2, 2, 1}, found.weights());
        found.begin(3);
        assertArrayEquals(new double[] {2, 10, 1}, found.weights());
    }

    @Test
    void manyHugeWeightsStayFinite() {
        given("weights:\n" + "  - value: \"pow(10, 300) * epoch\"\n".repeat(3) + "  - value: \"luma * epoch\"\n");
        rules.begin(1);
        double[] weights = rules.weights();
        assertArrayEquals(new double[] {0, 1e200, 1e200}, weights);
    }

    private void given(String strategy) {
        observations = new Observations(3, 2);
        rules = new EpochRules(Sets.of(strategy, Sets.labels(3), 0, Map.of()), 4, observations);
    }

    private void see() {
        observations.add(
                List.of(new Place(0, 0, 0), new Place(1, 1, 0), new Place(2, 2, 0)),
                LOGS,
                new boolean[3],
                rules.labels(),
                Sets.labels(3));
        observations.rank(rules.labels());
    }
}
