package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Fault;
import touchstone.kubernetes.fake.Rule;

/** What the cluster does not do now is asked for again, and is no fault of the job. */
class ClusterTroubleTest extends OnFakeCluster {
    private static final Fault INVALID = new Fault.Answer(422, "Invalid", "Job.batch is invalid: spec: no", null);

    /** It is on its way, takes no fault, and keeps all but a few others from coming, until {@code mend}. */
    private void isOnlyLater(String because, ThrowingRunnable mend) throws Exception {
        runner.start(launch(CPU));
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains(because), why);
        assertTrue(runner.freeSlots() <= 2, "there were 4");
        assertTrue(
                runner.trouble().orElseThrow().contains(because),
                runner.trouble().orElseThrow());
        mend.run();
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty() && runner.freeSlots() == 3);
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void aQuotaThatIsUsedUpMeansLater() throws Exception {
        CoreV1Api core = new CoreV1Api(cluster.client());
        core.createNamespacedResourceQuota(NAMESPACE, jobs("0")).execute();
        isOnlyLater("exceeded quota", () -> core.replaceNamespacedResourceQuota("jobs", NAMESPACE, jobs("10"))
                .execute());
    }

    private static V1ResourceQuota jobs(String number) {
        return new V1ResourceQuota()
                .metadata(new V1ObjectMeta().name("jobs"))
                .spec(new V1ResourceQuotaSpec().hard(Map.of("count/jobs.batch", new Quantity(number))));
    }

    @Test
    void aNamespaceThatIsGoneMeansLater() throws Exception {
        played.deleteNamespace();
        isOnlyLater(NAMESPACE, played::createNamespace);
    }

    @Test
    void aNamespaceThatGoesTakesItsJobsAndNoneComesUntilItIsBack() {
        training();
        played.deleteNamespace();
        await(() -> runner.jobs().isEmpty());
        await(() -> runner.trouble().isPresent());
        assertTrue(runner.seesAll(), "it is known to be gone, and not only out of sight");
        String trouble = runner.trouble().orElseThrow();
        assertTrue(trouble.contains("403") && trouble.contains(NAMESPACE), trouble);
        assertEquals(0, runner.freeSlots());
        mendAndGoOn();
    }

    @Test
    void aNamespaceThatGoesUnseenIsFoundToBeGoneWhenItIsBack() {
        training();
        cluster.faults().always("watch", "*", Fault.unavailable());
        cluster.dropWatches();
        played.deleteNamespace();
        await(() -> runner.trouble().isPresent());
        assertInstanceOf(JobState.Running.class, state(), "nothing may be concluded now");
        assertEquals(0, runner.freeSlots());
        cluster.faults().clear();
        mendAndGoOn();
    }

    private void mendAndGoOn() {
        played.createNamespace();
        await(() -> runner.trouble().isEmpty() && runner.jobs().isEmpty() && runner.freeSlots() == 4);
        Launch next = another();
        runner.start(next);
        await(() -> runner.jobs().get(next.job()) instanceof JobState.Running);
    }

    @Test
    void rightsThatAreMissingMeanLater() throws Exception {
        cluster.rights()
                .grant(
                        TOKEN,
                        "system:serviceaccount:touchstone:touchstone",
                        new Rule(NAMESPACE, "batch", Set.of("jobs"), Set.of("get", "list", "watch", "delete")),
                        new Rule(NAMESPACE, "", Set.of("pods"), Set.of("get", "list", "watch")));
        isOnlyLater("cannot create resource", played::grantRights);
    }

    @Test
    void aSecretThatCannotBeMadeMeansLaterAndIsMadeThen() throws Exception {
        cluster.faults().next(3, "create", "secrets", Fault.internalError());
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty());
    }

    @Test
    void aQuotaUnderContentionIsNoSecretThatIsThere() throws Exception {
        cluster.faults()
                .next(1, "create", "secrets", new Fault.Answer(409, "Conflict", "the object has been modified", null));
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        assertEquals(1, count("secrets"));
    }

    @Test
    void aTokenThatIsRefusedMeansLater() throws Exception {
        cluster.rights().revoke(TOKEN);
        isOnlyLater("401", played::grantRights);
    }

    @Test
    void aClusterThatCannotBeReachedMeansLaterAndWhatRunsGoesOn() throws Exception {
        Container train = training();
        cluster.away();
        await(() -> runner.trouble().isPresent());
        assertEquals(0, runner.freeSlots());
        assertInstanceOf(JobState.Running.class, state());
        nanosAhead.addAndGet(Duration.ofMinutes(10).toNanos());
        assertFalse(runner.seesAll(), "nothing may be concluded now");
        assertInstanceOf(JobState.Running.class, state());

        cluster.back();
        train.exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
        await(() -> runner.seesAll() && runner.freeSlots() == 3);
    }

    /** As a policy may refuse what one task asks for: all others go on. */
    @Test
    void aJobThatAloneIsRefusedStepsAside() {
        cluster.faults().whenever(JobManifest.name(job), "create", "jobs", Fault.internalError());
        othersPass();
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("did not take the job"), detail);
        leavesNothing();
    }

    @Test
    void aJobThatAloneIsInvalidIsNotTriedForEver() {
        cluster.faults().whenever(JobManifest.name(job), "create", "jobs", INVALID);
        othersPass();
        String detail = awaitState(JobState.Unmakeable.class).detail();
        assertTrue(detail.contains("Job.batch is invalid"), detail);
        leavesNothing();
    }

    private void othersPass() {
        runner.start(launch(CPU));
        awaitState(JobState.Queued.class);
        for (int i = 0; i < 5; i++) {
            Launch other = another();
            await(() -> runner.freeSlots() > 0);
            runner.start(other);
            await(() -> runner.jobs().get(other.job()) instanceof JobState.Running);
            runner.forget(other.job());
        }
    }

    private void leavesNothing() {
        runner.forget(job);
        await(() -> runner.jobs().isEmpty() && runner.freeSlots() == 4);
        await(this::isEmpty);
    }

    /** By a setting of the house: nothing passes until that is mended. */
    @Test
    void whereAllJobsAreInvalidTheyWait() throws Exception {
        cluster.faults().next(2, "create", "jobs", INVALID);
        runner.start(launch(CPU));
        await(() -> runner.trouble().orElse("").contains("Job.batch is invalid"));
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty());
    }

    @Test
    void aClusterThatRefusesForLongGetsOtherJobsToTry() {
        cluster.faults().always("create", "jobs", Fault.internalError());
        runner.start(launch(CPU));
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(4).toNanos());
        awaitState(JobState.NeverStarted.class);
        runner.forget(job);
        assertEquals(Map.of(), runner.jobs());
        assertTrue(runner.freeSlots() > 0);
    }

    @Test
    void askedTooOftenItAsksLater() throws Exception {
        cluster.faults().next(2, "create", "jobs", Fault.tooManyRequests(Duration.ofSeconds(1)));
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
    }

    @Test
    void anAnswerThatIsLostMakesNoSecondJob() throws Exception {
        cluster.faults().next(1, "create", "jobs", new Fault.AnswerLost());
        cluster.faults().next(1, "create", "secrets", new Fault.AnswerLost());
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty());
        assertEquals(1, count("jobs"));
        assertEquals(1, count("secrets"));
    }
}
