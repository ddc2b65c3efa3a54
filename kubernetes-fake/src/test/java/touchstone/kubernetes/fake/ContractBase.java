package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1JobCondition;
import io.kubernetes.client.openapi.models.V1JobSpec;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.util.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** What the checks of the contract share: a namespace of their own, Jobs to make, patience. */
abstract class ContractBase {
    private static final String RUN =
            Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999));
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What can run a shell; the fake runs it on this machine. */
    static final String IMAGE =
            System.getenv().getOrDefault("TOUCHSTONE_TEST_SHELL_IMAGE", "docker.io/library/busybox:1.37");

    /** Where the checks make their objects; the subclass makes it and takes it away. */
    final String namespace =
            "touchstone-contract-" + RUN + "-" + getClass().getSimpleName().toLowerCase();

    /** One who may do everything. */
    abstract ApiClient client();

    /** One with that bearer token and nothing else. */
    abstract ApiClient client(String token);

    /** A service account that may do everything with the Jobs of the checks' namespace, and nothing besides. */
    abstract ApiClient clientOfJobsAlone() throws Exception;

    /** Lets so much time pass where it can be set; elsewhere the checks are patient. */
    abstract void pass(Duration time);

    void createNamespace(String name, Map<String, String> labels, @Nullable List<String> finalizers)
            throws ApiException {
        core().createNamespace(new V1Namespace()
                        .metadata(new V1ObjectMeta().name(name).labels(labels).finalizers(finalizers)))
                .execute();
    }

    void deleteNamespace(String name) throws ApiException {
        try {
            core().deleteNamespace(name).execute();
        } catch (JsonParseException | IllegalArgumentException e) {
            // The client expects a Status; the server answers with the namespace that is going.
        }
    }

    static V1Job suspended(String name) {
        V1Job job = job(name, "exit 0");
        job.getSpec().suspend(true);
        return job;
    }

    CoreV1Api core() {
        return new CoreV1Api(client());
    }

    BatchV1Api batch() {
        return new BatchV1Api(client());
    }

    /** A Job of one container that runs this script, once. */
    static V1Job job(String name, String script) {
        return new V1Job()
                .metadata(new V1ObjectMeta().name(name).putLabelsItem("check", name))
                .spec(new V1JobSpec()
                        .backoffLimit(0)
                        .template(new V1PodTemplateSpec()
                                .metadata(new V1ObjectMeta().putLabelsItem("check", name))
                                .spec(new V1PodSpec()
                                        .restartPolicy("Never")
                                        .automountServiceAccountToken(false)
                                        .enableServiceLinks(false)
                                        .terminationGracePeriodSeconds(1L)
                                        .addContainersItem(container("score", script)))));
    }

    static V1Container container(String name, String script) {
        return new V1Container()
                .name(name)
                .image(IMAGE)
                .imagePullPolicy("IfNotPresent")
                .command(List.of("sh", "-c", script))
                .resources(new V1ResourceRequirements()
                        .putLimitsItem("cpu", new Quantity("50m"))
                        .putLimitsItem("memory", new Quantity("32Mi")));
    }

    static V1PodSpec podSpec(V1Job job) {
        return job.getSpec().getTemplate().getSpec();
    }

    V1Job create(V1Job job) throws ApiException {
        return batch().createNamespacedJob(namespace, job).execute();
    }

    V1Job read(String job) throws ApiException {
        return batch().readNamespacedJob(job, namespace).execute();
    }

    List<V1Pod> pods(String job) throws ApiException {
        return core().listNamespacedPod(namespace)
                .labelSelector("batch.kubernetes.io/job-name=" + job)
                .execute()
                .getItems();
    }

    /** The Job when that condition is true of it. */
    V1Job awaitCondition(String job, String condition) throws Exception {
        return await(() -> read(job), found -> is(found, condition));
    }

    /** The Job's only pod when it is so. */
    V1Pod awaitPod(String job, Predicate<V1Pod> wanted) throws Exception {
        return await(() -> pods(job), found -> found.size() == 1 && wanted.test(found.getFirst()))
                .getFirst();
    }

    Watch<V1Job> watch(String selector, String version) throws Exception {
        return Watch.createWatch(
                client(),
                batch().listNamespacedJob(namespace)
                        .labelSelector(selector)
                        .resourceVersion(version)
                        .timeoutSeconds(60)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Job>>() {}.getType());
    }

    static boolean is(V1Job job, String condition) {
        return job.getStatus() != null
                && job.getStatus().getConditions() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(one -> one.getType().equals(condition)
                                && one.getStatus().equals("True"));
    }

    static V1JobCondition condition(V1Job job, String type) {
        return job.getStatus().getConditions().stream()
                .filter(one -> one.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    static <T> T await(Callable<T> ask, Predicate<T> wanted) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            T found = ask.call();
            if (wanted.test(found)) {
                return found;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("in " + PATIENCE.toSeconds() + " s it did not come to be; it is " + found);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** The Status with which the call is refused. */
    static JsonObject refused(int code, String reason, Executable call) {
        ApiException refusal = assertThrows(ApiException.class, call);
        assertEquals(code, refusal.getCode(), refusal::getResponseBody);
        JsonObject status = JsonParser.parseString(refusal.getResponseBody()).getAsJsonObject();
        assertEquals("Status", status.get("kind").getAsString());
        assertEquals(reason, status.get("reason").getAsString());
        return status;
    }

    static String message(JsonObject status) {
        return status.get("message").getAsString();
    }
}
