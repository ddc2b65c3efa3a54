package touchstone.spec.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

final class TablesTest {

    private static final Set<String> IDS = Set.of("t1", "t2", "t3");

    private final Problems problems = new Problems();
    private final Tables tables = new Tables(List.of("cat", "dog"), problems);

    @Test
    void hardLabelsAreWholeClasses() {
        List<Tables.Label> labels = tables.labels(table("id,label\nt1,dog\nt3,cat\n"), IDS);
        assertSound();
        assertEquals(List.of("t1", "t3"), labels.stream().map(Tables.Label::id).toList());
        assertArrayEquals(new double[] {0, 1}, labels.get(0).label());
        assertArrayEquals(new double[] {1, 0}, labels.get(1).label());
    }

    @Test
    void softLabelsHaveAColumnAClassInAnyOrder() {
        List<Tables.Label> labels = tables.labels(table("dog,id,cat\n0.25,t1,0.75\n"), IDS);
        assertSound();
        assertArrayEquals(new double[] {0.75, 0.25}, labels.get(0).label());
    }

    @Test
    void sharesThatAreRoundedAreMadeToSumToOne() {
        List<Tables.Label> labels = tables.labels(table("id,cat,dog\nt1,0.33,0.66\n"), IDS);
        assertSound();
        assertArrayEquals(new double[] {1 / 3.0, 2 / 3.0}, labels.get(0).label(), 1e-15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5,0.6", "0.2,0.2", "0,0"})
    void sharesThatDoNotSumToOneAreTold(String shares) {
        tables.labels(table("id,cat,dog\nt1," + shares + "\n"), IDS);
        Problem problem = only();
        assertEquals(2, problem.line());
        assertEquals("make them sum to 1", problem.instead());
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-0.5", "1.5"})
    void aShareThatIsNoneIsTold(String share) {
        tables.labels(table("id,cat,dog\nt1," + share + ",0.5\n"), IDS);
        assertEquals(Problem.at("t.csv", 2, 4, share + " is not allowed here", "write a share from 0 to 1"), only());
    }

    @Test
    void aClassWithoutItsColumnIsTold() {
        tables.labels(table("id,cat\nt1,1\n"), IDS);
        assertEquals(
                Problem.at("t.csv", 1, 1, "the column 'dog' is missing; found: id, cat", "begin the header with dog"),
                only());
    }

    @Test
    void aClassThatThereIsNotIsToldWithTheNearest() {
        tables.labels(table("id,label\nt1,dgo\n"), IDS);
        assertEquals(Problem.at("t.csv", 2, 4, "'dgo' is not a class", "write 'dog'"), only());
    }

    @Test
    void anUnknownIdIsToldWithWhatIdsLookLike() {
        tables.labels(table("id,label\n1,dog\n"), IDS);
        assertEquals(Problem.at("t.csv", 2, 1, "there is no sample '1'", "ids look like 't1'"), only());
    }

    @Test
    void anIdStandsOnce() {
        tables.labels(table("id,label\nt1,dog\nt2,dog\nt1,cat\n"), IDS);
        assertEquals(Problem.at("t.csv", 4, 1, "'t1' stands twice", "one row for each id"), only());
    }

    @Test
    void aColumnThatMeansNothingIsTold() {
        tables.labels(table("id,label,note\nt1,dog,blurred\n"), IDS);
        assertEquals(Problem.at("t.csv", 1, 10, "the column 'note' is not known here", "one of: id, label"), only());
    }

    @Test
    void manyMistakesAreToldAtOnce() {
        tables.labels(table("id,label\nt9,cow\nt1,horse\n"), IDS);
        assertEquals(3, problems.count());
    }

    @Test
    void dropsAreIdsOfTheBaseSet() {
        assertEquals(List.of("t3", "t1"), tables.drop(table("id\nt3\nt1\n"), IDS));
        assertSound();
        tables.drop(table("id\nt3\nt3\nt4\n"), IDS);
        assertEquals(
                List.of(
                        Problem.at("t.csv", 3, 1, "'t3' stands twice", "one row for each id"),
                        Problem.at("t.csv", 4, 1, "there is no sample 't4'", "ids look like 't1'")),
                problems.list());
    }

    @Test
    void whatIsAddedHasAFileAndALabel() {
        List<Tables.Added> added = tables.add(table("id,file,label\nnew,x/a.png,dog\n"), IDS, Set.of(), false);
        assertSound();
        assertEquals("new", added.get(0).id());
        assertEquals("x/a.png", added.get(0).picture().file());
        assertEquals(new Place("t.csv", 2, 5), added.get(0).picture().place());
        assertArrayEquals(new double[] {0, 1}, added.get(0).label());
    }

    @Test
    void whatIsAddedMayHaveASoftLabel() {
        List<Tables.Added> added = tables.add(table("id,file,cat,dog\nnew,a.png,0.5,0.5\n"), IDS, Set.of(), false);
        assertSound();
        assertArrayEquals(new double[] {0.5, 0.5}, added.get(0).label());
    }

    @Test
    void aBaseIdMayBeAddedOnlyWhenItIsDropped() {
        assertEquals(
                1,
                tables.add(table("id,file,label\nt1,a.png,dog\n"), IDS, Set.of("t1"), false)
                        .size());
        assertSound();
        tables.add(table("id,file,label\nt1,a.png,dog\n"), IDS, Set.of("t2"), false);
        assertEquals(Problem.at("t.csv", 2, 1, "'t1' is the id of a base sample", "choose another id"), only());
    }

    @Test
    void anAddedIdIsShortAndStandsOnce() {
        tables.add(
                table("id,file,label\n,a.png,dog\n" + "x".repeat(101) + ",a.png,dog\nn,a.png,dog\nn,b.png,dog\n"),
                IDS,
                Set.of(),
                false);
        assertEquals(
                List.of("an id has 1 to 100 characters", "an id has 1 to 100 characters", "'n' stands twice"),
                problems.list().stream().map(Problem::message).toList());
    }

    @Test
    void whatIsAddedFromAnArrayHasAPositionInIt() {
        List<Tables.Added> added = tables.add(table("id,index,label\nnew,0,dog\nother,0,cat\n"), IDS, Set.of(), true);
        assertSound();
        assertEquals(
                new Tables.Picture(null, 0, new Place("t.csv", 2, 5)),
                added.get(0).picture());
        assertEquals(2, added.size(), "one image may stand for two samples");
        tables.add(table("id,index,label\na,-1,dog\nb,1.0,dog\nc,,dog\n"), IDS, Set.of(), true);
        assertEquals(
                List.of(
                        Problem.at(
                                "t.csv", 2, 3, "'-1' is no position in the array", "write a whole number of 0 or more"),
                        Problem.at(
                                "t.csv",
                                3,
                                3,
                                "'1.0' is no position in the array",
                                "write a whole number of 0 or more"),
                        Problem.at(
                                "t.csv", 4, 3, "'' is no position in the array", "write a whole number of 0 or more")),
                problems.list());
    }

    @Test
    void aFileWhereAPositionBelongsIsTold() {
        tables.add(table("id,file,label\nnew,a.png,dog\n"), IDS, Set.of(), true);
        assertEquals(
                Problem.at(
                        "t.csv",
                        1,
                        1,
                        "the column 'index' is missing; found: id, file, label",
                        "begin the header with index"),
                problems.list().get(0));
    }

    @Test
    void whatIsReplacedIsOfTheBaseSet() {
        List<Tables.Replaced> replaced = tables.replace(table("id,file\nt2,a.png\n"), IDS, false);
        assertSound();
        assertEquals("t2", replaced.get(0).id());
        assertEquals("a.png", replaced.get(0).picture().file());
        tables.replace(table("id,file\nt2,a.png\nt2,b.png\nnew,c.png\n"), IDS, false);
        assertEquals(
                List.of(
                        Problem.at("t.csv", 3, 1, "'t2' stands twice", "one row for each id"),
                        Problem.at("t.csv", 4, 1, "there is no sample 'new'", "ids look like 't1'")),
                problems.list());
    }

    @Test
    void aReplacementHasNoLabel() {
        tables.replace(table("id,file,label\nt2,a.png,dog\n"), IDS, false);
        assertEquals(Problem.at("t.csv", 1, 9, "the column 'label' is not known here", "one of: id, file"), only());
    }

    @Test
    void weightsHoldFromTheirEpochOn() {
        assertEquals(
                List.of(new Tables.EpochValue("t1", 3, 0.5), new Tables.EpochValue("t1", 1, 2)),
                tables.weights(table("id,from_epoch,weight\nt1,3,0.5\nt1,1,2\n"), IDS, 4));
        assertSound();
    }

    @Test
    void ratesAreReadAsWeightsAre() {
        assertEquals(
                List.of(new Tables.EpochValue("t1", 2, 0), new Tables.EpochValue("t2", 1, 3)),
                tables.rates(table("from_epoch,rate,id\n2,0,t1\n1,3,t2\n"), IDS, 4));
        assertSound();
        tables.rates(table("id,weight\nt1,1\n"), IDS, 4);
        assertEquals(
                "the column 'rate' is missing; found: id, weight",
                problems.list().get(0).message());
    }

    @Test
    void aWeightWithoutAnEpochHoldsFromTheFirst() {
        assertEquals(
                List.of(new Tables.EpochValue("t1", 1, 2.5)), tables.weights(table("id,weight\nt1,2.5\n"), IDS, 4));
        assertSound();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-1", "1e39"})
    void aWeightIsFiniteAndNotNegative(String weight) {
        tables.weights(table("id,weight\nt1," + weight + "\n"), IDS, 4);
        assertEquals(
                Problem.at("t.csv", 2, 4, weight + " is not allowed here", "write a finite weight of 0 or more"),
                only());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "1.5", "first", ""})
    void anEpochIsOneOfTheTask(String epoch) {
        tables.weights(table("id,from_epoch,weight\nt1," + epoch + ",1\n"), IDS, 4);
        assertEquals(
                Problem.at(
                        "t.csv",
                        2,
                        4,
                        "'" + epoch + "' is not an epoch of this task",
                        "write a whole number from 1 to 4"),
                only());
    }

    @Test
    void anIdHasOneWeightAnEpoch() {
        tables.weights(table("id,from_epoch,weight\nt1,1,1\nt1,1,2\n"), IDS, 4);
        assertEquals(Problem.at("t.csv", 3, 1, "'t1' stands twice", "one row for each id and epoch"), only());
    }

    @Test
    void aWeightOfAnUnknownIdIsTold() {
        tables.weights(table("id,weight\nt7,1\n"), IDS, 4);
        assertEquals(Problem.at("t.csv", 2, 1, "there is no sample 't7'", "ids look like 't1'"), only());
    }

    private void assertSound() {
        assertEquals(List.of(), problems.list());
    }

    private Problem only() {
        assertEquals(1, problems.count(), () -> problems.list().toString());
        return problems.list().get(0);
    }

    private CsvTable table(String text) {
        return CsvTable.read("t.csv", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), problems)
                .orElseThrow();
    }
}
