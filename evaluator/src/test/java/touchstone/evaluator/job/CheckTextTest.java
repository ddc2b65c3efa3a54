package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CheckReport.ClassRow;
import touchstone.spec.job.CheckReport.Course;
import touchstone.spec.job.CheckReport.Diff;
import touchstone.spec.job.CheckReport.Duplicates;
import touchstone.spec.job.CheckReport.Entropy;
import touchstone.spec.job.CheckReport.Pair;
import touchstone.spec.job.CheckReport.Range;
import touchstone.spec.job.CheckReport.Rule;
import touchstone.spec.job.CheckReport.Share;
import touchstone.spec.job.CheckReport.Spend;
import touchstone.spec.text.Problem;

final class CheckTextTest {

    @Test
    void aReportIsReadableInATerminal() {
        Diff diff = new Diff(
                100,
                98,
                3,
                5,
                1,
                2,
                4,
                new Entropy(0, 0.25, 6),
                Map.of("cat", Map.of("dog", 2)),
                List.of(new ClassRow("cat", 60, 58, 0.6, 0.55), new ClassRow("dog", 40, 40, 0.4, 0.45)),
                new Course(
                        List.of(
                                new Range(1, 1, 0.03, 0.06, List.of(new Share(0.6, 0.55), new Share(0.4, 0.45))),
                                new Range(2, 12, 0.03, 0.5, List.of(new Share(0.6, 0.1), new Share(0.4, 0.9)))),
                        List.of("weights[1]")),
                new Duplicates(1, 0, 0, 1, List.of(new Pair("n2", "n1", true), new Pair("n3", "t7", false))),
                List.of(new Spend("add", 3, 50.0), new Spend("drop", 5, null), new Spend("archive-mb", 1.25, 50.0)),
                List.of(
                        new Rule("samples.drop", "drop.csv", 5, 100),
                        new Rule("weights[1]", "1 - loss_rank", null, 98)));
        assertEquals("""
                'Mine' is sound.

                samples   95 of 100 kept (1 with another image), 3 added, 5 dropped
                labels    2 changed, 4 softened; mean entropy 0.000 bits before, 0.250 after, 6 of 98 soft
                copies    of new images 1 equal another new one, 0 one of the base set; 0 and 1 more nearly do
                          n2 equals n1
                          n3 is nearly t7

                label  becomes  samples
                cat    dog            2

                class  before  after  weight before  in epoch 1
                cat        60     58          60.0%       55.0%
                dog        40     40          40.0%       45.0%

                What an epoch's places / weight go to, as far as it is known before training:

                             epoch 1        2 to 12
                cat    60.0% / 55.0%  60.0% / 10.0%
                dog    40.0% / 45.0%  40.0% / 90.0%
                added    3.0% / 6.0%   3.0% / 50.0%
                known only as training goes: weights[1]

                rule          what           reaches
                samples.drop  drop.csv       5 of 100
                weights[1]    1 - loss_rank  known as training goes

                budget      used   of
                add            3   50
                drop           5  any
                archive-mb   1.3   50""", CheckText.of(new CheckReport("0".repeat(64), "Mine", diff, List.of())));
    }

    @Test
    void problemsAreLines() {
        Problem problem = Problem.at("strategy.yaml", 3, 9, "100% wrong", "write less");
        assertEquals(
                "strategy.yaml:3:9: 100% wrong — write less",
                CheckText.of(new CheckReport(null, null, null, List.of(problem))));
    }
}
