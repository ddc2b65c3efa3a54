package touchstone.api.runner.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.ProcessMark;
import touchstone.api.runner.ProcessTable;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** Children here are shell scripts, which get the evaluator's arguments behind their own. */
class LocalRunnerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final UUID instance = UUID.randomUUID();
    private final JobName job = new JobName(UUID.randomUUID(), 1);
    private final Launch trainThenScore = new Launch(
            job,
            List.of(new Launch.Command(Purpose.TRAIN, "token-t"), new Launch.Command(Purpose.SCORE, "token-s")),
            new TaskFile.Device("cpu", 1),
            false,
            List.of());
    private LocalRunner runner;

    @BeforeEach
    void idleRunner() {
        runner = runner("exit 0", Duration.ofMinutes(1));
    }

    @AfterEach
    void endChildren() {
        runner.close();
    }

    @Test
    void runsTrainAndThenScoreEachWithItsOwnTokenOnStandardInput() throws IOException {
        run("read token; echo \"$token $*\" >> " + folder.resolve("seen"));

        assertInstanceOf(JobState.Finished.class, runner.jobs().get(job));
        String expected = " --server http://127.0.0.1:1 --run " + job.run() + " --attempt 1 --parent-watch";
        assertEquals(
                List.of("token-t train" + expected, "token-s score" + expected),
                Files.readAllLines(folder.resolve("seen")));
    }

    @Test
    void aCommandThatFailsIsNotFollowedByTheNext() throws IOException {
        run("echo $1 >> " + folder.resolve("seen") + "; exit 3");

        assertInstanceOf(JobState.ToldToStop.class, runner.jobs().get(job));
        assertEquals(List.of("train"), Files.readAllLines(folder.resolve("seen")));
    }

    @Test
    void standardInputStaysOpenWhileTheChildLives() throws IOException {
        run("read token; if read -t 1 more; then exit 9; elif [ $? -gt 128 ]; then exit 0; else exit 8; fi");

        assertInstanceOf(JobState.Finished.class, runner.jobs().get(job));
    }

    @Test
    void theEnvironmentHoldsNothingOfTheServers() throws IOException {
        run("env | cut -d= -f1 | sort > " + folder.resolve("seen"));

        // The shell itself adds the last three.
        List<String> names = Files.readAllLines(folder.resolve("seen"));
        List<String> allowed = List.of(
                "HOME",
                "LANG",
                "PATH",
                "TMPDIR",
                "ATEN_CPU_CAPABILITY",
                "ONEDNN_MAX_CPU_ISA",
                "MKL_CBWR",
                "OMP_WAIT_POLICY",
                "CUBLAS_WORKSPACE_CONFIG",
                "NVIDIA_TF32_OVERRIDE",
                "CUDA_DEVICE_ORDER",
                "LD_LIBRARY_PATH",
                "CUDA_VISIBLE_DEVICES",
                "TOUCHSTONE_LIBTORCH",
                "PWD",
                "SHLVL",
                "_");
        assertTrue(allowed.containsAll(names), names::toString);
        assertTrue(names.contains("ATEN_CPU_CAPABILITY"), "the instruction set is part of a result");
    }

    @Test
    void tellsHowAChildEnded() {
        assertEquals("train could not reach the server; it printed last:\nno route", broken("echo no route; exit 4"));
        assertEquals("train was ended by signal 11; it printed nothing", broken("kill -SEGV $$"));
        assertEquals("train ended with exit code 1; it printed nothing", broken("exit 1"));
        assertEquals(
                new JobState.Broken("train ended with exit code 1; it printed last:\none\ntwo", "one\ntwo\n"),
                run("echo one; echo two; exit 1"));
        assertInstanceOf(JobState.OverLimit.class, run("kill -KILL $$"));
        assertInstanceOf(JobState.OverLimit.class, run("echo java.lang.OutOfMemoryError: Java heap space; exit 1"));
        assertInstanceOf(JobState.OverLimit.class, run("exit 124"));
        assertInstanceOf(JobState.Interrupted.class, run("kill -TERM $$"));
    }

    @Test
    void aChildPastItsDeadlineIsEnded() {
        runner = runner("exec sleep 600", Duration.ofMillis(200));

        JobState end = runToEnd();

        assertEquals(new JobState.OverLimit("train took longer than 0 seconds"), end);
    }

    @Test
    void keepsOnlyTheEndOfALongLog() {
        String end = broken("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1");

        assertTrue(end.endsWith("the end"), end);
        assertTrue(end.length() < 3_000, () -> end.length() + " characters");
    }

    @Test
    void theScratchFolderIsGoneAfterwards() {
        run("touch left-over; mkdir deep; touch deep/left-over");

        assertEquals(List.of(), Folders.list(folder.resolve("work").resolve(instance.toString())));
    }

    @Test
    void aRunningJobTakesASlotUntilItIsStopped() {
        runner = runner("exec sleep 600", Duration.ofMinutes(1));
        runner.start(trainThenScore);
        await(() -> runner.jobs().get(job) instanceof JobState.Running);
        assertEquals(1, runner.freeSlots());
        ProcessMark mark = (ProcessMark) ((JobState.Running) runner.jobs().get(job)).place();

        runner.stop(job);

        await(() -> runner.jobs().get(job).ended());
        assertInstanceOf(JobState.ToldToStop.class, runner.jobs().get(job));
        assertTrue(ProcessTable.find(mark.pid()).filter(mark::equals).isEmpty(), "the child is gone");
        assertEquals(2, runner.freeSlots());
        runner.forget(job);
        assertTrue(runner.jobs().isEmpty());
    }

    @Test
    void aLeftoverIsEndedOnlyWhenNumberStartAndAttemptAgree() throws Exception {
        Process leftover = new ProcessBuilder(
                        "sh", "-c", "sleep 600; exit 0", "x", "--run", job.run().toString(), "--attempt", "1")
                .start();
        ProcessMark mark = ProcessTable.find(leftover.pid()).orElseThrow();

        runner.stopLeftover(job, new ProcessMark(mark.pid(), mark.startTicks() + 1));
        runner.stopLeftover(new JobName(job.run(), 2), mark);
        runner.stopLeftover(new JobName(UUID.randomUUID(), 1), mark);
        assertTrue(leftover.isAlive());

        runner.stopLeftover(job, mark);
        assertTrue(leftover.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void cleanRemovesFoldersOfJobsThatNobodyNeeds() throws IOException {
        JobName needed = new JobName(UUID.randomUUID(), 1);
        Path work = folder.resolve("work").resolve(instance.toString());
        Files.createDirectories(work.resolve(job.toString()).resolve("deep"));
        Files.createDirectories(work.resolve(needed.toString()));
        Files.createDirectories(work.resolve("upload-of-someone"));

        runner.clean(needed::equals);

        assertFalse(Files.exists(work.resolve(job.toString())));
        assertTrue(Files.exists(work.resolve(needed.toString())));
        assertTrue(Files.exists(work.resolve("upload-of-someone")));
    }

    @Test
    void aFaultOfTheServerEndsTheJobAndFreesItsSlot() {
        runner = new LocalRunner(new LocalRunnerConfig(
                2,
                Duration.ofMinutes(1),
                1L << 30,
                temporary -> {
                    throw new IllegalStateException("no evaluator");
                },
                () -> URI.create("http://127.0.0.1:1"),
                folder.resolve("work"),
                instance));

        String detail = assertInstanceOf(JobState.Broken.class, runToEnd()).detail();

        assertTrue(detail.contains("no evaluator"), detail);
        assertEquals(2, runner.freeSlots());
    }

    @Test
    void foldersOfAnotherServerAreCleanedOnlyWhenItIsGone() throws IOException {
        UUID gone = UUID.randomUUID();
        Path work = folder.resolve("work");
        Path ofGone = work.resolve(gone.toString()).resolve(job.toString());
        Path ofOther = work.resolve(UUID.randomUUID().toString()).resolve(job.toString());
        Path own = work.resolve(instance.toString());
        for (Path path : List.of(ofGone, ofOther, own)) Files.createDirectories(path);

        runner.clean(any -> false);
        runner.cleanAfter(id -> id.equals(gone) || id.equals(instance));

        assertFalse(Files.exists(ofGone.getParent()));
        assertTrue(Files.exists(ofOther));
        assertTrue(Files.exists(own));
    }

    private String broken(String script) {
        return assertInstanceOf(JobState.Broken.class, run(script)).detail();
    }

    private JobState run(String script) {
        runner = runner(script, Duration.ofMinutes(1));
        return runToEnd();
    }

    private JobState runToEnd() {
        runner.start(trainThenScore);
        await(() -> runner.jobs().get(job).ended());
        return runner.jobs().get(job);
    }

    private LocalRunner runner(String script, Duration deadline) {
        return new LocalRunner(new LocalRunnerConfig(
                2,
                deadline,
                1L << 30,
                temporary -> List.of("bash", "-c", script, "evaluator"),
                () -> URI.create("http://127.0.0.1:1"),
                folder.resolve("work"),
                instance));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("waited for " + PATIENCE.toSeconds() + " seconds");
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
