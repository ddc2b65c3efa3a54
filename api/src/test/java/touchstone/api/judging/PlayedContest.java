package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import touchstone.api.http.Refusal;
import touchstone.api.judging.House.Contest;
import touchstone.api.submission.Judgement;

/** A contest of its own for each test, in a house for each database that all these tests share, with jobs that are played. */
abstract class PlayedContest {
    private static final Map<TestDatabase, House> HOUSES = new EnumMap<>(TestDatabase.class);

    @Parameter
    private TestDatabase kind;

    House house;
    Contest contest;
    UUID alice;
    TestServer server;

    @BeforeEach
    void newContest() {
        house = house(kind);
        // What earlier tests left waiting is not this test's business.
        house.database.change("update task set state = 'paused'");
        house.database.change(
                "update attempt set open_key = null, state = 'ended', phase = 'ended', fault = 'cancelled'"
                        + " where open_key is not null");
        house.database.change("update run set state = 'cancelled' where state in ('waiting', 'running')");
        house.database.change("update judging set state = 'cancelled' where state in ('waiting', 'running')");
        house.database.change("update judging_set set state = 'dropped' where state in ('open', 'previewed')");
        contest = house.contest(1, 1);
        alice = contest.team("alice");
        server = new TestServer(house, 2);
    }

    private static synchronized House house(TestDatabase kind) {
        return HOUSES.computeIfAbsent(kind, one -> {
            try {
                return new House(one, Files.createTempDirectory("touchstone-test"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    Judgement told(UUID submission) {
        return Objects.requireNonNull(house.judgements.of(List.of(submission)).get(submission));
    }

    /** The words of the refusal. */
    static String refused(Runnable act) {
        Refusal refusal = assertThrows(Refusal.class, act::run);
        assertEquals(409, refusal.status().getCode());
        return String.valueOf(refusal.getMessage());
    }

    static void together(Runnable one, Runnable other) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CountDownLatch both = new CountDownLatch(2);
            List<Future<?>> ends = List.of(one, other).stream()
                    .<Future<?>>map(work -> threads.submit(() -> {
                        both.countDown();
                        both.await();
                        work.run();
                        return null;
                    }))
                    .toList();
            for (Future<?> end : ends) end.get();
        }
    }

    List<String> metrics(UUID submission) {
        return house.database.list("""
                select m.fold, m.measured from metric m join run r on r.id = m.run join judging j on j.id = r.judging
                where j.submission = ? order by m.fold
                """, row -> row.text("fold") + " " + row.decimal("measured"), submission);
    }

    /** Of what stands on the board first. */
    List<Long> seeds(UUID submission) {
        return house.database.list("""
                select r.seed from run r join judging j on j.id = r.judging
                where j.submission = ? order by j.valid desc, r.seed_index
                """, row -> row.number("seed"), submission);
    }
}
