package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile;

final class ScheduleTest {

    @Test
    void oneCycleRisesToThePeakAndFallsToNearlyNothing() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.OneCycle(0.4, 0.2), 100);
        assertEquals(0.4 * 0.5 / 20, schedule.rate(0), 1e-15);
        assertEquals(0.4 * 10.5 / 20, schedule.rate(10), 1e-15);
        assertEquals(0.4 * 19.5 / 20, schedule.rate(19), 1e-15);
        assertEquals(0.4 * 79.5 / 80, schedule.rate(20), 1e-15);
        assertEquals(0.4 * 0.5 / 80, schedule.rate(99), 1e-15);
        for (int step = 0; step < 100; step++) assertTrue(schedule.rate(step) > 0 && schedule.rate(step) < 0.4);
    }

    @Test
    void withoutWarmupItOnlyFalls() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.OneCycle(1, 0), 10);
        for (int step = 0; step < 10; step++) assertEquals((9.5 - step) / 10, schedule.rate(step), 1e-15);
    }

    @Test
    void withWarmupAloneItOnlyRises() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.OneCycle(1, 1), 10);
        for (int step = 0; step < 10; step++) assertEquals((step + 0.5) / 10, schedule.rate(step), 1e-15);
    }

    @Test
    void constantIsConstant() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.Constant(0.1), 10);
        assertEquals(0.1, schedule.rate(0));
        assertEquals(0.1, schedule.rate(9));
    }

    @Test
    void stepsFallByTheFactorAtEachShare() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.Step(0.4, List.of(0.5, 0.75), 0.1, 0), 8);
        double[] rates = {0.4, 0.4, 0.4, 0.4, 0.04, 0.04, 0.004, 0.004};
        for (int step = 0; step < 8; step++) assertEquals(rates[step], schedule.rate(step), 1e-15);
    }

    @Test
    void stepsMayWarmUp() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.Step(0.4, List.of(0.5), 0.25, 0.2), 10);
        double[] rates = {0.1, 0.3, 0.4, 0.4, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1};
        for (int step = 0; step < 10; step++) assertEquals(rates[step], schedule.rate(step), 1e-15);
    }

    @Test
    void cosineRisesInALineAndFallsAsHalfAWave() {
        Schedule schedule = new Schedule(new TaskFile.Schedule.Cosine(0.2, 0.25), 8);
        assertEquals(0.2 * 0.25, schedule.rate(0), 1e-15);
        assertEquals(0.2 * 0.75, schedule.rate(1), 1e-15);
        // Six steps of falling: their middles are at 15, 45, 75, 105, 135 and 165 degrees.
        assertEquals(0.2 * (1 + 0.9659258262890683) / 2, schedule.rate(2), 1e-15);
        assertEquals(0.2 * (1 + 0.7071067811865476) / 2, schedule.rate(3), 1e-15);
        assertEquals(0.2 * (1 - 0.2588190451025207) / 2, schedule.rate(5), 1e-15);
        assertEquals(0.2 * (1 - 0.9659258262890683) / 2, schedule.rate(7), 1e-15);
    }
}
