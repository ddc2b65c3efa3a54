package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import touchstone.spec.catalogue.Names;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.text.Problems;

final class RuleTextTest {

    @Test
    void stepsAreSaidInOneLine() {
        String strategy = """
                strategy: 1
                samples:
                  augment:
                    - {flip: vertical, chance: 0.5}
                    - {gamma: [0.4, 0.7], where: "luma < 0.25"}
                    - {rotate: 10}
                    - {rotate: [-5, 90]}
                    - {invert: true}
                    - {denoise: {median: 3}}
                    - {one-of: [{cutout: 8}, {denoise: {gaussian: 0.8}}]}
                    - {some-of: [{noise: 0.1}, {equalize: true}, {crop: 4}], count: 2}
                """;
        assertEquals(
                List.of(
                        "flip vertical, chance 0.5",
                        "gamma [0.4, 0.7] where luma < 0.25",
                        "rotate ±10",
                        "rotate [-5, 90]",
                        "invert",
                        "denoise median 3",
                        "one of cutout 8 or denoise gaussian 0.8",
                        "2 of noise 0.1, equalize, crop 4"),
                StrategyParser.parse(strategy, Names.of(List.of(), Map.of()), new Problems())
                        .orElseThrow()
                        .samples()
                        .augment()
                        .stream()
                        .map(RuleText::of)
                        .toList());
    }
}
