package touchstone.evaluator;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.scoring.Scoring;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** The effect that the demo promises, on the hidden test and for one seed; {@code docs/evidence.md} has more of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RomanNumeralsTest {

    /** Twice what is promised for two cores, so that a slow machine fails nobody; a fast one takes a quarter of it. */
    private static final double TRAINING_SECONDS_MAX = 120;

    private TaskPack roman;
    private NumericEngine engine;
    private double baseline;
    private double seconds;

    @BeforeAll
    void trainTheBaseline() {
        roman = TestTasks.roman();
        engine = NumericEngine.start(roman.file().recipe().device());
        baseline = accuracy("baseline");
    }

    @Test
    void trueLabelsGainFivePoints() {
        assertGain("true-labels", 0.05);
    }

    @Test
    void brighteningTheDarkGainsAPoint() {
        assertGain("brighten", 0.01);
    }

    @Test
    void leavingOutLargeLossesGainsAPoint() {
        assertGain("small-loss", 0.01);
    }

    @Test
    void aSeedTrainsInAMinute() {
        assertTrue(seconds < TRAINING_SECONDS_MAX, "computing took " + seconds + " s");
    }

    private void assertGain(String name, double least) {
        double found = accuracy(name);
        assertTrue(found - baseline >= least, name + " " + found + ", baseline " + baseline);
    }

    private double accuracy(String name) {
        long before = computed();
        Training.Outcome outcome =
                new Training(roman, TestTasks.set(roman, TestTasks.strategy(name)), 1, engine).run(SILENT);
        seconds = (computed() - before) / 1e9;
        var trained = assertInstanceOf(Training.Outcome.Trained.class, outcome);
        return Scoring.of(roman, trained.weights(), engine).all().get("accuracy");
    }

    /** Of this thread: the recipe has one. */
    private static long computed() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static final Training.Listener SILENT = new Training.Listener() {
        @Override
        public void step(int epoch, int step, int steps) {}

        @Override
        public void epoch(CurvePoint point) {}
    };
}
