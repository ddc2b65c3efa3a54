package touchstone.spec.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NearestNameTest {

    @Test
    void findsWhatWasMeant() {
        assertEquals(Optional.of("gamma"), NearestName.of("gama", List.of("flip", "gamma")));
        assertEquals(Optional.of("i"), NearestName.of("I", List.of("i", "x")));
        assertEquals(Optional.of("dog"), NearestName.of("dgo", List.of("cat", "dog")));
        assertEquals(Optional.of("loss_rank"), NearestName.of("lossrank", List.of("loss", "loss_rank")));
    }

    @Test
    void isSilentWhenNothingIsNear() {
        assertEquals(Optional.empty(), NearestName.of("colour", List.of("flip", "gamma")));
        assertEquals(Optional.empty(), NearestName.of("gamma".repeat(1_000), List.of("gamma".repeat(1_000))));
        assertEquals("one of: flip, gamma", NearestName.instead("colour", List.of("flip", "gamma")));
    }

    @Test
    void aLongListIsCut() {
        List<String> many =
                IntStream.range(0, 1_000).mapToObj(i -> "class" + (i + 1_000)).toList();
        String instead = NearestName.instead("elephants and giraffes", many);
        assertEquals(" and 970 more", instead.substring(instead.indexOf(" and ")));
    }
}
