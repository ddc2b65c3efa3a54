package touchstone.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import touchstone.kubernetes.fake.Traffic;

class SoakTest {
    /** Every kind of victim is among its ten. */
    private static final long SEED = 4;

    /** Of the cluster's API, a submission: 3 where all is quiet, 10 to 13 measured with these blows. */
    private static final int CALLS_MAX = 30;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void tenKillsLoseNothing() throws Exception {
        Options options = options(Options.POSTGRES, 2, 10, 14);

        Report report = new Soak(options, System.out::println).run();

        System.out.println(report.text());
        assertEquals(List.of(), report.findings(), () -> "kept in " + folder + "\n" + report.text());
        assertEquals(14, report.settled());
        assertEquals(10, report.kills().values().stream().mapToInt(n -> n).sum());
    }

    @Test
    void fifteenBlowsOnAClusterLoseNothing() throws Exception {
        Options options =
                new Options(Path.of(".."), folder, 15, 12, 2, Options.POSTGRES, SEED, null, Options.KUBERNETES, true);

        Report report = new Soak(options, System.out::println).run();

        System.out.println(report.text());
        assertEquals(List.of(), report.findings(), () -> "kept in " + folder + "\n" + report.text());
        assertEquals(12, report.settled());
        assertEquals(15, report.kills().values().stream().mapToInt(n -> n).sum());
        long calls =
                report.calls().values().stream().mapToLong(Traffic.Count::calls).sum();
        assertTrue(calls <= 12 * CALLS_MAX, () -> calls + " calls\n" + report.text());
    }

    @Test
    void aClusterMeetsEverythingButTheChildrenOfServers() {
        assertEquals(
                Plan.Victim.values().length - 1,
                Plan.of(7, 2000, 300, true).kills().stream()
                        .map(Plan.Kill::victim)
                        .distinct()
                        .count());
    }

    @Test
    void aSeedRepeatsThePlanAndAnotherDoesNot() {
        assertEquals(Plan.of(7, 200, 300, false), Plan.of(7, 200, 300, false));
        assertNotEquals(Plan.of(7, 200, 300, false), Plan.of(8, 200, 300, false));
        List<Plan.Kill> kills = Plan.of(SEED, 10, 14, false).kills();
        assertEquals(10, kills.size());
        assertEquals(
                Stream.of(Plan.Victim.values())
                        .filter(victim -> !victim.isOfCluster())
                        .toList(),
                kills.stream().map(Plan.Kill::victim).distinct().sorted().toList());
    }

    @Test
    void everyStrategyIsAnother() {
        assertEquals(
                300,
                IntStream.range(0, 300).mapToObj(SoakTest::strategy).distinct().count());
        assertEquals(strategy(5), strategy(5));
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        assertThrows(IllegalArgumentException.class, () -> options("mysql", 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> options(Options.H2, 2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> options(Options.POSTGRES, 2, -1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Options(Path.of(".."), folder, 1, 1, 1, Options.POSTGRES, SEED, null, "mesos", false));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Options(Path.of(".."), folder, 1, 1, 1, Options.POSTGRES, SEED, null, Options.LOCAL, true));
    }

    private Options options(String database, int servers, int kills, int submissions) {
        return new Options(
                Path.of(".."), folder, kills, submissions, servers, database, SEED, null, Options.LOCAL, false);
    }

    private static String strategy(int number) {
        try {
            return List.of(Soak.strategy(number)).stream()
                    .map(bytes -> java.util.HexFormat.of().formatHex(bytes))
                    .findFirst()
                    .orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
