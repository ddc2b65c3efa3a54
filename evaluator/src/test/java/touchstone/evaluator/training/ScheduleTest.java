package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile;

final class ScheduleTest {

    @Test
    void oneCycleRisesToThePeakAndFallsToNearlyNothing() {
        Schedule schedule = new Schedule(new TaskFile.Schedule("one-cycle", 0.4, 0.2), 100);
        assertEquals(0.4 * 0.5 / 20, schedule.rate(0), 1e-15);
        assertEquals(0.4 * 10.5 / 20, schedule.rate(10), 1e-15);
        assertEquals(0.4 * 19.5 / 20, schedule.rate(19), 1e-15);
        assertEquals(0.4 * 79.5 / 80, schedule.rate(20), 1e-15);
        assertEquals(0.4 * 0.5 / 80, schedule.rate(99), 1e-15);
        for (int step = 0; step < 100; step++) assertTrue(schedule.rate(step) > 0 && schedule.rate(step) < 0.4);
    }

    @Test
    void withoutWarmupItOnlyFalls() {
        Schedule schedule = new Schedule(new TaskFile.Schedule("one-cycle", 1, 0), 10);
        for (int step = 0; step < 10; step++) assertEquals((9.5 - step) / 10, schedule.rate(step), 1e-15);
    }

    @Test
    void withWarmupAloneItOnlyRises() {
        Schedule schedule = new Schedule(new TaskFile.Schedule("one-cycle", 1, 1), 10);
        for (int step = 0; step < 10; step++) assertEquals((step + 0.5) / 10, schedule.rate(step), 1e-15);
    }

    @Test
    void constantIsConstant() {
        Schedule schedule = new Schedule(new TaskFile.Schedule("constant", 0.1, 0), 10);
        assertEquals(0.1, schedule.rate(0));
        assertEquals(0.1, schedule.rate(9));
    }

    @Test
    void anUnknownKindIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> new Schedule(new TaskFile.Schedule("cosine", 0.1, 0), 10)
                .rate(0));
    }
}
