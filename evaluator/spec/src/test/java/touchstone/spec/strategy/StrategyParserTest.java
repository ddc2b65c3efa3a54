package touchstone.spec.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import touchstone.spec.catalogue.Names;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.Strategy.Target;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

final class StrategyParserTest {

    private final Problems problems = new Problems();

    @Test
    void readsAWholeStrategy() {
        Strategy strategy = sound("""
                strategy: 1
                title: Everything at once
                columns: mine.csv
                samples:
                  drop: drop.csv
                  add: extra/samples.csv
                  replace: {images: new.npy, table: replace.csv}
                  draw: "sqrt(max_class_count / class_count)"
                  augment:
                    - {gamma: [0.4, 0.7], where: "luma < 0.25"}
                    - {brightness: 1.5}
                    - {translate: 4}
                    - {flip: vertical, chance: 0.5}
                    - {one-of: [{cutout: 8}, {contrast: [0.8, 1.2]}]}
                labels:
                  - file: labels.csv
                  - {smooth: 0.1, where: "label == 'cat' and luma < 0.2"}
                  - {toward: prediction, amount: "0.8 * progress", where: "epoch >= 8 and confidence < 0.1"}
                weights:
                  - file: weights.csv
                  - value: "if(epoch >= 5 and loss_rank > 0.9, 0, 1)"
                """);
        assertEquals("Everything at once", strategy.title());
        assertEquals(
                "sqrt(max_class_count / class_count)",
                ((Strategy.Draw.Rate) strategy.samples().draw().orElseThrow())
                        .rate()
                        .source());
        List<Step> augment = strategy.samples().augment();
        assertEquals(
                List.of(
                        new Action.Apply(Operation.GAMMA, 0.4, 0.7),
                        new Action.Apply(Operation.BRIGHTNESS, 1.5, 1.5),
                        new Action.Apply(Operation.TRANSLATE, 4, 4),
                        new Action.Apply(Operation.FLIP, "vertical", 0, 0),
                        new Action.SomeOf(
                                List.of(
                                        new Action.Apply(Operation.CUTOUT, 8, 8),
                                        new Action.Apply(Operation.CONTRAST, 0.8, 1.2)),
                                1)),
                augment.stream().map(Step::action).toList());
        assertEquals(
                List.of(1.0, 1.0, 1.0, 0.5, 1.0),
                augment.stream().map(Step::chance).toList());
        assertEquals("samples.augment[4]", augment.get(4).path());
        assertEquals(
                "luma < 0.25", augment.get(0).where().map(Expression::source).orElseThrow());
        assertInstanceOf(LabelRule.Table.class, strategy.labels().rules().get(0));
        LabelRule.Smooth smooth = assertInstanceOf(
                LabelRule.Smooth.class, strategy.labels().rules().get(1));
        assertTrue(smooth.amount().isStatic());
        LabelRule.Toward toward = assertInstanceOf(
                LabelRule.Toward.class, strategy.labels().rules().get(2));
        assertEquals(Target.PREDICTION, toward.target());
        assertEquals("labels[2]", toward.path());
        WeightRule.Value value = assertInstanceOf(
                WeightRule.Value.class, strategy.weights().rules().get(1));
        assertEquals("weights[1]", value.path());
        assertEquals(
                new Strategy.FileReference("mine.csv", new Place("strategy.yaml", 3, 10)),
                strategy.columns().get());
        assertEquals(
                new Strategy.FileReference("drop.csv", new Place("strategy.yaml", 5, 9)),
                strategy.samples().drop().get());
        assertEquals(
                new Strategy.Pictures(
                        new Strategy.FileReference("extra/samples.csv", new Place("strategy.yaml", 6, 8)),
                        Optional.empty()),
                strategy.samples().add().get());
        assertEquals(
                new Strategy.Pictures(
                        new Strategy.FileReference("replace.csv", new Place("strategy.yaml", 7, 37)),
                        Optional.of(new Strategy.FileReference("new.npy", new Place("strategy.yaml", 7, 21)))),
                strategy.samples().replace().get());
        assertTrue(strategy.readsObservations());
    }

    @Test
    void anEmptyStrategyIsSound() {
        Strategy strategy = sound("strategy: 1\n");
        assertEquals("untitled", strategy.title());
        assertEquals(List.of(), strategy.samples().augment());
        assertEquals(List.of(), strategy.labels().rules());
        assertEquals(List.of(), strategy.weights().rules());
        assertFalse(strategy.readsObservations());
    }

    @Test
    void expressionsAreToldAtTheirOwnPlace() {
        assertEquals(
                Problem.at("strategy.yaml", 3, 31, "'los_rank' is not a name here", "write 'loss_rank'"),
                only("strategy: 1\nweights:\n  - value: \"if(epoch >= 5 and los_rank > 0.85, 0, 1)\"\n"));
        assertEquals(
                Problem.at("strategy.yaml", 3, 12, "'los' is not a name here", "write 'loss'"),
                only("strategy: 1\nweights:\n  - value: los\n"));
    }

    @Test
    void everyUnknownKeyIsToldWithTheNearest() {
        parse("""
                strategy: 1
                tilte: x
                samples:
                  dorp: drop.csv
                  augment:
                    - {flip: horizontal, chnace: 0.5}
                    - {gama: 2}
                labels:
                  - {fiel: a.csv}
                weights:
                  - {vlaue: "1"}
                """);
        assertEquals(
                List.of(
                        Problem.at("strategy.yaml", 2, 1, "'tilte' is not known here", "write 'title'"),
                        Problem.at("strategy.yaml", 4, 3, "'dorp' is not known here", "write 'drop'"),
                        Problem.at("strategy.yaml", 6, 26, "'chnace' is not known here", "write 'chance'"),
                        Problem.at("strategy.yaml", 7, 8, "'gama' is not known here", "write 'gamma'"),
                        Problem.at("strategy.yaml", 9, 6, "'fiel' is not known here", "write 'file'"),
                        Problem.at("strategy.yaml", 11, 6, "'vlaue' is not known here", "write 'value'")),
                problems.list());
    }

    @Test
    void aStepThatDoesNothingIsTold() {
        String operations = String.join(", ", Operation.words()) + ", one-of, some-of";
        assertEquals(
                Problem.at("strategy.yaml", 4, 7, "nothing is chosen here", "add one of: " + operations),
                only("strategy: 1\nsamples:\n  augment:\n    - {chance: 0.5, where: \"luma < 1\"}\n"));
    }

    @Test
    void mixingStandsLast() {
        assertEquals(
                Problem.at(
                        "strategy.yaml", 5, 8, "'flip' stands behind 'mixup'", "move 'mixup' to the end of the list"),
                only("""
                        strategy: 1
                        samples:
                          augment:
                            - {mixup: 0.2}
                            - {flip: horizontal}
                        """));
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        4,
                        18,
                        "'cutmix' cannot be one of several",
                        "make it a step of its own at the end of the list"),
                only("strategy: 1\nsamples:\n  augment:\n    - {one-of: [{cutmix: 1}, {cutout: 2}]}\n"));
        assertEquals(
                List.of(
                        new Action.Apply(Operation.FLIP, "horizontal", 0, 0),
                        new Action.Apply(Operation.CUTMIX, 1, 1),
                        new Action.Apply(Operation.MIXUP, 0.2, 0.4)),
                sound("""
                        strategy: 1
                        samples:
                          augment:
                            - {flip: horizontal}
                            - {cutmix: 1, chance: 0.5}
                            - {mixup: [0.2, 0.4]}
                        """).samples().augment().stream().map(Step::action).toList());
    }

    /** Else a strategy of eight medians, eight times over, would train for hours. */
    @Test
    void theEffortOfAllStepsIsBounded() {
        String median = "{denoise: {median: 5}}";
        String four = "strategy: 1\nsamples:\n  augment:\n    - {some-of: [" + String.join(", ", median, median, median)
                + "], count: 3}\n    - {equalize: true}\n    - {rotate: 10}\n";
        sound(four);
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        4,
                        5,
                        "these steps count as 41 operations",
                        "at most 40: a median of 5 counts 10, of 3 three, equalize 8, rotate, scale and shear 2; a choice counts as its"
                                + " longest, as often as it draws"),
                only(four + "    - {flip: horizontal}\n"));
    }

    @Test
    void everyKindOfParameterIsRead() {
        assertEquals(
                List.of(
                        new Action.Apply(Operation.INVERT, 0, 0),
                        new Action.Apply(Operation.ROTATE, -10, 10),
                        new Action.Apply(Operation.ROTATE, -5, 90),
                        new Action.Apply(Operation.POSTERIZE, 4, 4),
                        new Action.Apply(Operation.DENOISE, "median", 5, 5),
                        new Action.Apply(Operation.DENOISE, "gaussian", 0.5, 1),
                        new Action.SomeOf(
                                List.of(
                                        new Action.Apply(Operation.NOISE, 0.1, 0.1),
                                        new Action.Apply(Operation.EQUALIZE, 0, 0),
                                        new Action.Apply(Operation.FLIP, "vertical", 0, 0)),
                                2)),
                sound("""
                        strategy: 1
                        samples:
                          augment:
                            - {invert: true}
                            - {rotate: 10}
                            - {rotate: [-5, 90]}
                            - {posterize: 4}
                            - {denoise: {median: 5}}
                            - {denoise: {gaussian: [0.5, 1]}, chance: 0.5}
                            - {some-of: [{noise: 0.1}, {equalize: true}, {flip: vertical}], count: 2}
                        """).samples().augment().stream().map(Step::action).toList());
    }

    @Test
    void wrongParametersAreTold() {
        parse("""
                strategy: 1
                samples:
                  augment:
                    - {invert: false}
                    - {equalize: 1}
                    - {rotate: -10}
                    - {shear: [-90, 0]}
                    - {denoise: {median: 4}}
                    - {denoise: {meadian: 3}}
                    - {denoise: 3}
                    - {some-of: [{noise: 0.1}, {invert: true}], count: 3}
                    - {some-of: [{noise: 0.1}, {invert: true}]}
                    - {some-of: [], count: 1}
                """);
        String kinds = "write one of: median, gaussian, such as {median: 3}";
        assertEquals(
                List.of(
                        "strategy.yaml:4:16: 'false' does nothing — write true or leave it out",
                        "strategy.yaml:5:18: '1' is neither true nor false — write true or false",
                        "strategy.yaml:6:16: -10 is out of range — write a number from 0 to 180",
                        "strategy.yaml:7:16: -90 is out of range — write a number from -60 to 60",
                        "strategy.yaml:8:26: '4' is not known here — write '3'",
                        "strategy.yaml:9:18: 'meadian' is not known here — write 'median'",
                        "strategy.yaml:10:17: found '3' here — " + kinds,
                        "strategy.yaml:11:56: 3 is out of range — write a whole number from 1 to 2",
                        "strategy.yaml:12:7: 'count' is missing — add a line 'count: 2'",
                        "strategy.yaml:13:17: there is nothing to choose from — list operations such as {cutout: 8}"),
                problems.list().stream().map(Problem::toString).toList());
    }

    @Test
    void aRuleThatDoesNothingIsTold() {
        assertEquals(
                Problem.at("strategy.yaml", 3, 5, "nothing is chosen here", "add one of: file, value"),
                only("strategy: 1\nweights:\n  - {}\n"));
    }

    @Test
    void twoOperationsAreTwoSteps() {
        assertEquals(
                Problem.at("strategy.yaml", 4, 7, "'gamma' and 'cutout' stand together", "keep one of them"),
                only("strategy: 1\nsamples:\n  augment:\n    - {gamma: 2, cutout: 8}\n"));
    }

    @Test
    void amountsHaveBounds() {
        parse("""
                strategy: 1
                samples:
                  augment:
                    - {gamma: [-1, 0.7]}
                    - {gamma: [0.7, 0.5]}
                    - {gamma: [0.5]}
                    - {gamma: much}
                    - {translate: 1.5}
                    - {cutout: 0}
                    - {flip: sideways}
                    - {flip: horizontal, chance: 2}
                """);
        assertEquals(
                List.of(
                        Problem.at("strategy.yaml", 4, 16, "-1 is out of range", "write a number from 0.1 to 10"),
                        Problem.at("strategy.yaml", 5, 15, "the range begins above its end", "write [0.5, 0.7]"),
                        Problem.at(
                                "strategy.yaml",
                                6,
                                15,
                                "a range has two ends, this one has 1",
                                "write a range such as [0.5, 1.5]"),
                        Problem.at("strategy.yaml", 7, 15, "'much' is not a number", "write a number from 0.1 to 10"),
                        Problem.at(
                                "strategy.yaml",
                                8,
                                19,
                                "'1.5' is not a whole number",
                                "write a whole number from 1 to 64"),
                        Problem.at("strategy.yaml", 9, 16, "0 is out of range", "write a whole number from 1 to 256"),
                        Problem.at(
                                "strategy.yaml",
                                10,
                                14,
                                "'sideways' is not known here",
                                "one of: horizontal, vertical"),
                        Problem.at("strategy.yaml", 11, 34, "2 is out of range", "write a number from 0 to 1")),
                problems.list());
    }

    @Test
    void thereAreBoundsToHowMuchMayBeAsked() {
        String steps = "    - {flip: horizontal}\n";
        sound("strategy: 1\nsamples:\n  augment:\n" + steps.repeat(24));
        assertEquals(
                Problem.at("strategy.yaml", 4, 5, "there are 25 rules", "at most 24"),
                only("strategy: 1\nsamples:\n  augment:\n" + steps.repeat(25)));
    }

    @Test
    void oneOfChoosesAmongAFew() {
        String head = "strategy: 1\nsamples:\n  augment:\n    - one-of: ";
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        4,
                        15,
                        "there is nothing to choose from",
                        "list operations such as {cutout: 8}"),
                only(head + "[]\n"));
        assertEquals(
                Problem.at("strategy.yaml", 4, 15, "there are 9 operations to choose from", "at most 8"),
                only(head + "[" + "{cutout: 8}, ".repeat(9) + "]\n"));
    }

    @Test
    void partsHaveTheirShape() {
        parse("strategy: 1\nsamples: [a]\nlabels: labels.csv\nweights:\n  - weights.csv\n");
        assertEquals(
                List.of(
                        Problem.at(
                                "strategy.yaml",
                                2,
                                10,
                                "found a list here",
                                "write drop, add, replace, draw or augment below"),
                        Problem.at(
                                "strategy.yaml",
                                3,
                                9,
                                "found 'labels.csv' here",
                                "write a list of rules, each behind '- '"),
                        Problem.at(
                                "strategy.yaml",
                                5,
                                5,
                                "found 'weights.csv' here",
                                "write a rule such as {file: weights.csv}")),
                problems.list());
    }

    @Test
    void towardNeedsAnAmountAndATarget() {
        assertEquals(
                Problem.at("strategy.yaml", 3, 5, "'amount' is missing", "add a line 'amount: 0.5'"),
                only("strategy: 1\nlabels:\n  - toward: prediction\n"));
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        3,
                        14,
                        "'truth' is not known here",
                        "one of: prediction, predicted, posterior"),
                only("strategy: 1\nlabels:\n  - {toward: truth, amount: 0.5}\n"));
        Strategy strategy =
                sound("strategy: 1\nlabels:\n  - {toward: predicted, amount: 1}\n  - {toward: posterior, amount: 1}\n");
        assertEquals(
                List.of(Target.PREDICTED, Target.POSTERIOR),
                strategy.labels().rules().stream()
                        .map(rule -> ((LabelRule.Toward) rule).target())
                        .toList());
    }

    @Test
    void aTableStandsAboveTheRules() {
        assertEquals(
                Problem.at("strategy.yaml", 4, 12, "this table stands below a rule", "list the tables first"),
                only("strategy: 1\nlabels:\n  - {smooth: 0.1}\n  - {file: labels.csv}\n"));
    }

    @Test
    void whatStandsAboveTheFirstChangingRuleIsDoneOnce() {
        Strategy.Labels labels = sound("""
                strategy: 1
                labels:
                  - file: soft.npy
                  - {smooth: 0.1}
                  - {smooth: 0.1, where: "epoch > 2"}
                  - {smooth: 0.2}
                """).labels();
        assertEquals(2, labels.once().size());
        assertEquals(
                List.of("labels[2]", "labels[3]"),
                labels.eachEpoch().stream().map(LabelRule::path).toList());
        assertTrue(((LabelRule.Table) labels.once().get(0)).isArray());
    }

    @Test
    void ratesComeFromAnExpressionOrATable() {
        Strategy.Draw draw = sound("strategy: 1\nsamples:\n  draw: {file: draw.csv}\n")
                .samples()
                .draw()
                .orElseThrow();
        assertEquals(
                new Strategy.Draw.Table(new Strategy.FileReference("draw.csv", new Place("strategy.yaml", 3, 16))),
                draw);
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        3,
                        9,
                        "this is a file where an expression belongs",
                        "write draw: {file: draw.csv}"),
                only("strategy: 1\nsamples:\n  draw: draw.csv\n"));
    }

    @Test
    void anArrayHasATable() {
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        3,
                        8,
                        "'extra.npy' is an array; a table says what is in it",
                        "write add: {images: images.npy, table: add.csv}"),
                only("strategy: 1\nsamples:\n  add: extra.npy\n"));
        assertEquals(
                Problem.at("strategy.yaml", 3, 8, "'table' is missing", "add a line 'table: add.csv'"),
                only("strategy: 1\nsamples:\n  add: {images: extra.npy}\n"));
    }

    @Test
    void ownColumnsAreKnownBeforeTheRestIs() {
        assertEquals(
                Optional.of(new Strategy.FileReference("mine.csv", new Place("strategy.yaml", 2, 10))),
                StrategyParser.columns("strategy: 1\ncolumns: mine.csv\nweights: 3\n"));
        assertEquals(Optional.empty(), StrategyParser.columns("strategy: 1\n"));
        assertEquals(Optional.empty(), StrategyParser.columns("- [\n"));
    }

    @Test
    void theVersionIsOne() {
        assertEquals(
                Problem.at("strategy.yaml", 1, 1, "'strategy' is missing", "add a line 'strategy: 1'"),
                only("title: x\n"));
        assertEquals(
                Problem.at(
                        "strategy.yaml", 1, 11, "version 2 of the strategy format is not known", "write strategy: 1"),
                only("strategy: 2\n"));
    }

    @Test
    void aTitleIsShort() {
        sound("strategy: 1\ntitle: " + "x".repeat(200) + "\n");
        assertEquals(
                Problem.at("strategy.yaml", 2, 8, "the title holds a character that is none", "a short name"),
                only("strategy: 1\ntitle: \"half \\ud83d\"\n"));
        assertEquals(
                Problem.at("strategy.yaml", 2, 8, "the title is too long", "at most 200 characters"),
                only("strategy: 1\ntitle: " + "x".repeat(201) + "\n"));
    }

    @Test
    void aListIsNoStrategy() {
        assertEquals(
                Problem.at("strategy.yaml", 1, 1, "found a list here", "begin with a line 'strategy: 1'"),
                only("- strategy: 1\n"));
    }

    private Strategy sound(String text) {
        Optional<Strategy> strategy = parse(text);
        assertEquals(List.of(), problems.list());
        return strategy.orElseThrow();
    }

    private Problem only(String text) {
        Problems found = new Problems();
        StrategyParser.parse(text, Names.of(List.of("cat", "dog"), Map.of()), found);
        assertEquals(1, found.count(), () -> found.list().toString());
        return found.list().get(0);
    }

    private Optional<Strategy> parse(String text) {
        return StrategyParser.parse(text, Names.of(List.of("cat", "dog"), Map.of()), problems);
    }
}
