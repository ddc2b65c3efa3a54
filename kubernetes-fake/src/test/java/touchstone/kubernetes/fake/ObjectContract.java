package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.apis.AuthorizationV1Api;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.CustomObjectsApi;
import io.kubernetes.client.openapi.apis.NetworkingV1Api;
import io.kubernetes.client.openapi.apis.VersionApi;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1JobList;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1NetworkPolicySpec;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1OwnerReference;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Preconditions;
import io.kubernetes.client.openapi.models.V1ResourceAttributes;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SelfSubjectAccessReview;
import io.kubernetes.client.openapi.models.V1SelfSubjectAccessReviewSpec;
import io.kubernetes.client.openapi.models.V1SelfSubjectRulesReview;
import io.kubernetes.client.openapi.models.V1SelfSubjectRulesReviewSpec;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the runner relies on when it makes, changes, reads, watches and deletes objects. */
abstract class ObjectContract extends ContractBase {

    @Test
    void createSetsWhatTheServerSets() throws Exception {
        V1Job made = create(suspended("created"));
        assertNotNull(made.getMetadata().getUid());
        assertNotNull(made.getMetadata().getResourceVersion());
        assertNotNull(made.getMetadata().getCreationTimestamp());
        assertEquals(1, made.getMetadata().getGeneration());
        assertEquals("Never", podSpec(made).getRestartPolicy());
        assertEquals(
                "/dev/termination-log", podSpec(made).getContainers().getFirst().getTerminationMessagePath());
        assertEquals(
                "created",
                made.getSpec().getTemplate().getMetadata().getLabels().get("batch.kubernetes.io/job-name"));
        assertEquals(made.getMetadata().getUid(), read("created").getMetadata().getUid());
    }

    @Test
    void createTwiceIsAlreadyExists() throws Exception {
        create(suspended("twice"));
        var status = refused(409, "AlreadyExists", () -> create(suspended("twice")));
        assertEquals("jobs.batch \"twice\" already exists", message(status));
    }

    @Test
    void absentIsNotFound() {
        var status = refused(404, "NotFound", () -> read("never-made"));
        assertEquals("jobs.batch \"never-made\" not found", message(status));
    }

    @Test
    void nameCanBeLeftToTheServer() throws Exception {
        V1Job job = suspended("x");
        job.getMetadata().name(null).generateName("generated-");
        assertTrue(create(job).getMetadata().getName().matches("generated-[a-z0-9]{5}"));
    }

    @Test
    void dryRunKeepsNothing() throws Exception {
        V1Job made = batch().createNamespacedJob(namespace, suspended("dry"))
                .dryRun("All")
                .execute();
        assertNotNull(made.getMetadata().getUid());
        refused(404, "NotFound", () -> read("dry"));
    }

    @Test
    void badNameIsInvalid() {
        var status = refused(422, "Invalid", () -> create(suspended("Bad_Name")));
        assertTrue(message(status).startsWith("Job.batch \"Bad_Name\" is invalid: metadata.name: Invalid value: "));
        assertEquals(
                "metadata.name",
                status.getAsJsonObject("details")
                        .getAsJsonArray("causes")
                        .get(0)
                        .getAsJsonObject()
                        .get("field")
                        .getAsString());
    }

    @Test
    void nameTooLongForItsLabelIsInvalid() {
        var status = refused(422, "Invalid", () -> create(suspended("a".repeat(64))));
        assertTrue(message(status).contains("63"), message(status));
    }

    @Test
    void jobWithoutRestartPolicyIsInvalid() {
        V1Job job = suspended("restarts");
        podSpec(job).restartPolicy(null);
        var status = refused(422, "Invalid", () -> create(job));
        assertTrue(message(status).contains("spec.template.spec.restartPolicy"), message(status));
    }

    @Test
    void mountOfNoVolumeIsInvalid() {
        V1Job job = suspended("mounts");
        podSpec(job)
                .getContainers()
                .getFirst()
                .addVolumeMountsItem(new V1VolumeMount().name("nowhere").mountPath("/nowhere"));
        var status = refused(422, "Invalid", () -> create(job));
        assertTrue(message(status).contains("volumeMounts[0].name: Not found: \"nowhere\""), message(status));
    }

    @Test
    void cardsRequestedMustBeTheirLimit() {
        V1Job job = suspended("cards");
        podSpec(job)
                .getContainers()
                .getFirst()
                .getResources()
                .requests(Map.of("nvidia.com/gpu", new Quantity("1")))
                .limits(Map.of("nvidia.com/gpu", new Quantity("2")));
        var status = refused(422, "Invalid", () -> create(job));
        assertTrue(message(status).contains("must be equal to nvidia.com/gpu limit of 2"), message(status));
    }

    @Test
    void unknownFieldIsRefusedWhenStrict() {
        Map<String, Object> job = Map.of(
                "apiVersion",
                "batch/v1",
                "kind",
                "Job",
                "metadata",
                Map.of("name", "strict"),
                "spec",
                Map.of(
                        "suspended",
                        true,
                        "template",
                        Map.of(
                                "spec",
                                Map.of(
                                        "restartPolicy",
                                        "Never",
                                        "containers",
                                        List.of(Map.of("name", "one", "image", IMAGE))))));
        var status = refused(400, "BadRequest", () -> new CustomObjectsApi(client())
                .createNamespacedCustomObject("batch", "v1", namespace, "jobs", job)
                .fieldValidation("Strict")
                .execute());
        assertTrue(message(status).contains("strict decoding error: unknown field \""), message(status));
        assertTrue(message(status).contains("suspended\""), message(status));
    }

    @Test
    void podTemplateIsImmutable() throws Exception {
        create(job("immutable", "exit 0"));
        var status = refused(
                422,
                "Invalid",
                () -> patch(
                        "immutable",
                        V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH,
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"score\",\"image\":\"other:1\"}]}}}}"));
        assertTrue(message(status).contains("spec.template: Invalid value"), message(status));
        assertTrue(message(status).contains("field is immutable"), message(status));
    }

    @Test
    void labelsChangeByThreeKindsOfPatch() throws Exception {
        create(suspended("patched"));
        patch(
                "patched",
                V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
                "{\"metadata\":{\"labels\":{\"a\":\"1\",\"check\":null}}}");
        patch("patched", V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH, "{\"metadata\":{\"labels\":{\"b\":\"2\"}}}");
        V1Job job = patch(
                "patched",
                V1Patch.PATCH_FORMAT_JSON_PATCH,
                "[{\"op\":\"add\",\"path\":\"/metadata/labels/c\",\"value\":\"3\"},"
                        + "{\"op\":\"remove\",\"path\":\"/metadata/labels/a\"}]");
        assertEquals(Map.of("b", "2", "c", "3"), job.getMetadata().getLabels());
        assertEquals(1, job.getMetadata().getGeneration());
    }

    V1Job patch(String name, String format, String patch) throws Exception {
        return PatchUtils.patch(
                V1Job.class,
                () -> batch().patchNamespacedJob(name, namespace, new V1Patch(patch))
                        .buildCall(null),
                format,
                client());
    }

    @Test
    void staleReplacementIsAConflict() throws Exception {
        V1Job first = create(suspended("stale"));
        patch("stale", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"metadata\":{\"labels\":{\"by\":\"one\"}}}");
        first.getMetadata().putLabelsItem("by", "two");
        var status = refused(409, "Conflict", () -> batch().replaceNamespacedJob("stale", namespace, first)
                .execute());
        assertTrue(message(status).contains("the object has been modified"), message(status));
    }

    @Test
    void immutableSecretStaysAsItIs() throws Exception {
        core().createNamespacedSecret(
                        namespace,
                        new V1Secret()
                                .metadata(new V1ObjectMeta().name("token"))
                                .immutable(true)
                                .stringData(Map.of("train", "one")))
                .execute();
        V1Secret secret = core().readNamespacedSecret("token", namespace).execute();
        assertEquals("one", new String(secret.getData().get("train"), StandardCharsets.UTF_8));
        secret.getData().put("train", "two".getBytes(StandardCharsets.UTF_8));
        refused(422, "Invalid", () -> core().replaceNamespacedSecret("token", namespace, secret)
                .execute());
    }

    @Test
    void networkPolicyIsKept() throws Exception {
        var networking = new NetworkingV1Api(client());
        networking
                .createNamespacedNetworkPolicy(
                        namespace,
                        new V1NetworkPolicy()
                                .metadata(new V1ObjectMeta().name("nothing-out"))
                                .spec(new V1NetworkPolicySpec()
                                        .podSelector(new V1LabelSelector())
                                        .policyTypes(List.of("Ingress", "Egress"))))
                .execute();
        assertEquals(
                List.of("Ingress", "Egress"),
                networking
                        .readNamespacedNetworkPolicy("nothing-out", namespace)
                        .execute()
                        .getSpec()
                        .getPolicyTypes());
    }

    @Test
    void listsByLabelAndInPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            V1Job job = suspended("page-" + i);
            job.getMetadata().putLabelsItem("book", i < 4 ? "one" : "two");
            create(job);
        }
        var names = new ArrayList<String>();
        String next = null;
        do {
            var page = batch().listNamespacedJob(namespace)
                    .labelSelector("book=one")
                    .limit(3)
                    ._continue(next)
                    .execute();
            page.getItems().forEach(job -> names.add(job.getMetadata().getName()));
            next = page.getMetadata().getContinue();
            assertTrue(page.getItems().size() <= 3);
        } while (next != null && !next.isEmpty());
        assertEquals(List.of("page-0", "page-1", "page-2", "page-3"), names);
        assertEquals(
                List.of("page-4"),
                batch().listNamespacedJob(namespace).labelSelector("book in (two, three)").execute().getItems().stream()
                        .map(job -> job.getMetadata().getName())
                        .toList());
    }

    @Test
    void unknownFieldSelectorIsRefused() {
        var status = refused(400, "BadRequest", () -> batch().listNamespacedJob(namespace)
                .fieldSelector("spec.suspend=true")
                .execute());
        assertTrue(message(status).contains("field label not supported"), message(status));
    }

    @Test
    void watchTellsWhatHappensAfterAList() throws Exception {
        String version =
                batch().listNamespacedJob(namespace).execute().getMetadata().getResourceVersion();
        create(suspended("watched"));
        try (Watch<V1Job> watch = watch("check=watched", version)) {
            assertEquals("ADDED", watch.next().type);
            batch().deleteNamespacedJob("watched", namespace)
                    .propagationPolicy("Background")
                    .execute();
            awaitEvent(watch, "DELETED", "watched");
        }
    }

    @Test
    void leavingASelectionIsBeingDeletedFromIt() throws Exception {
        String version =
                batch().listNamespacedJob(namespace).execute().getMetadata().getResourceVersion();
        create(suspended("leaves"));
        try (Watch<V1Job> watch = watch("check=leaves", version)) {
            assertEquals("ADDED", watch.next().type);
            patch("leaves", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"metadata\":{\"labels\":{\"check\":\"gone\"}}}");
            awaitEvent(watch, "DELETED", "leaves");
        }
    }

    static void awaitEvent(Watch<V1Job> watch, String type, String name) {
        Watch.Response<V1Job> event = watch.next();
        while (!event.type.equals(type)) {
            assertEquals("MODIFIED", event.type);
            event = watch.next();
        }
        assertEquals(name, event.object.getMetadata().getName());
    }

    @Test
    void informerHearsOfEverything() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        var informers = new SharedInformerFactory(client());
        BatchV1Api jobs = batch();
        informers
                .sharedIndexInformerFor(
                        params -> jobs.listNamespacedJob(namespace)
                                .labelSelector("check=informed")
                                .resourceVersion(params.resourceVersion)
                                .timeoutSeconds(params.timeoutSeconds)
                                .watch(params.watch)
                                .buildCall(null),
                        V1Job.class,
                        V1JobList.class)
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(V1Job job) {
                        heard.add("added");
                    }

                    @Override
                    public void onUpdate(V1Job before, V1Job job) {
                        if (job.getMetadata().getLabels().containsKey("more")) {
                            heard.add("changed");
                        }
                    }

                    @Override
                    public void onDelete(V1Job job, boolean unknown) {
                        heard.add("deleted");
                    }
                });
        informers.startAllRegisteredInformers();
        try {
            create(suspended("informed"));
            assertEquals("added", heard.poll(30, TimeUnit.SECONDS));
            patch("informed", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"metadata\":{\"labels\":{\"more\":\"yes\"}}}");
            assertEquals("changed", heard.poll(30, TimeUnit.SECONDS));
            batch().deleteNamespacedJob("informed", namespace)
                    .propagationPolicy("Background")
                    .execute();
            await(heard::poll, "deleted"::equals);
        } finally {
            informers.stopAllRegisteredInformers();
        }
    }

    @Test
    void deleteOfAnotherUidIsAConflict() throws Exception {
        create(suspended("other-uid"));
        refused(409, "Conflict", () -> batch().deleteNamespacedJob("other-uid", namespace)
                .body(new V1DeleteOptions().preconditions(new V1Preconditions().uid("not-this-one")))
                .execute());
        read("other-uid");
    }

    @Test
    void secretGoesWithTheJobThatOwnsIt() throws Exception {
        V1Job owner = create(suspended("owner"));
        own("owned", owner.getMetadata().getUid());
        batch().deleteNamespacedJob("owner", namespace)
                .propagationPolicy("Background")
                .execute();
        refused(404, "NotFound", () -> read("owner"));
        awaitNoSecret("owned");
    }

    @Test
    void secretOfAJobThatIsGoneAlreadyGoes() throws Exception {
        own("late", "11111111-2222-3333-4444-555555555555");
        awaitNoSecret("late");
    }

    private void own(String secret, String uid) throws Exception {
        core().createNamespacedSecret(
                        namespace,
                        new V1Secret()
                                .metadata(new V1ObjectMeta()
                                        .name(secret)
                                        .addOwnerReferencesItem(new V1OwnerReference()
                                                .apiVersion("batch/v1")
                                                .kind("Job")
                                                .name("owner")
                                                .uid(uid)))
                                .stringData(Map.of("a", "b")))
                .execute();
    }

    private void awaitNoSecret(String name) throws Exception {
        await(
                () -> core().listNamespacedSecret(namespace)
                        .fieldSelector("metadata.name=" + name)
                        .execute()
                        .getItems(),
                List::isEmpty);
    }

    @Test
    void statusOfALiveJobIsNotOurs() throws Exception {
        create(job("live", "sleep 30"));
        V1Job live = await(() -> read("live"), job -> job.getStatus().getStartTime() != null);
        live.getMetadata().resourceVersion(null);
        live.getStatus().startTime(null);
        refused(422, "Invalid", () -> batch().replaceNamespacedJobStatus("live", namespace, live)
                .execute());
    }

    @Test
    void namespaceThatIsNotThereIsNotFound() {
        var status =
                refused(404, "NotFound", () -> batch().createNamespacedJob("no-such-namespace-here", suspended("lost"))
                        .execute());
        assertEquals("namespaces \"no-such-namespace-here\" not found", message(status));
    }

    @Test
    void namespaceThatIsGoingTakesNothingAndThenIsGone() throws Exception {
        String going = namespace + "-going";
        createNamespace(going, Map.of(), List.of("touchstone.test/hold"));
        deleteNamespace(going);
        JsonObject status = await(
                () -> refused(403, "Forbidden", () -> batch().createNamespacedJob(going, suspended("late"))
                        .execute()),
                refusal -> true);
        assertTrue(message(status).contains("because it is being terminated"), message(status));
        assertTrue(status.toString().contains("NamespaceTerminating"), status.toString());
        var release = new V1Patch("[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]");
        PatchUtils.patch(
                V1Namespace.class,
                () -> core().patchNamespace(going, release).buildCall(null),
                V1Patch.PATCH_FORMAT_JSON_PATCH,
                client());
        await(
                () -> core().listNamespace()
                        .fieldSelector("metadata.name=" + going)
                        .execute()
                        .getItems(),
                List::isEmpty);
    }

    @Test
    void usedUpQuotaIsForbidden() throws Exception {
        String small = namespace + "-small";
        createNamespace(small, Map.of(), null);
        core().createNamespacedResourceQuota(
                        small,
                        new V1ResourceQuota()
                                .metadata(new V1ObjectMeta().name("none"))
                                .spec(new V1ResourceQuotaSpec().hard(Map.of("count/jobs.batch", new Quantity("0")))))
                .execute();
        // Until the quota is counted for the first time the server says that it does not know.
        JsonObject status = await(
                () -> refused(403, "Forbidden", () -> batch().createNamespacedJob(small, suspended("one"))
                        .execute()),
                refusal -> message(refusal).contains("exceeded"));
        assertEquals(
                "jobs.batch \"one\" is forbidden: exceeded quota: none, requested: count/jobs.batch=1, used: "
                        + "count/jobs.batch=0, limited: count/jobs.batch=0",
                message(status));
        deleteNamespace(small);
    }

    @Test
    void restrictedNamespaceRefusesAPodThatIsNot() throws Exception {
        String strict = namespace + "-strict";
        createNamespace(strict, Map.of("pod-security.kubernetes.io/enforce", "restricted"), null);
        V1Pod pod = new V1Pod().metadata(new V1ObjectMeta().name("careless")).spec(podSpec(job("careless", "exit 0")));
        var status = refused(
                403, "Forbidden", () -> core().createNamespacedPod(strict, pod).execute());
        assertTrue(message(status).contains("violates PodSecurity \"restricted:latest\""), message(status));
        assertTrue(message(status).contains("allowPrivilegeEscalation != false"), message(status));
        deleteNamespace(strict);
    }

    @Test
    void unknownTokenIsUnauthorized() {
        refused(401, "Unauthorized", () -> new CoreV1Api(client("of-nobody"))
                .listNamespacedPod(namespace)
                .execute());
    }

    @Test
    void rightsThatAreNotThereAreForbidden() throws Exception {
        var core = new CoreV1Api(clientOfJobsAlone());
        var status = refused(
                403, "Forbidden", () -> core.listNamespacedSecret(namespace).execute());
        assertTrue(
                message(status)
                        .matches(
                                "secrets is forbidden: User \"system:serviceaccount:.*\" cannot list resource \"secrets\" in "
                                        + "API group \"\" in the namespace \"" + namespace + "\""),
                message(status));
        new BatchV1Api(core.getApiClient()).listNamespacedJob(namespace).execute();
    }

    @Test
    void whatOneMayDoCanBeAsked() throws Exception {
        var mine = new AuthorizationV1Api(clientOfJobsAlone());
        assertEquals(List.of(true, false), List.of(may(mine, "batch", "jobs"), may(mine, "", "secrets")));
        var rules = mine.createSelfSubjectRulesReview(
                        new V1SelfSubjectRulesReview().spec(new V1SelfSubjectRulesReviewSpec().namespace(namespace)))
                .execute()
                .getStatus()
                .getResourceRules();
        assertTrue(rules.stream().anyMatch(rule -> rule.getResources().contains("jobs")));
    }

    private boolean may(AuthorizationV1Api api, String group, String resource) throws Exception {
        return api.createSelfSubjectAccessReview(new V1SelfSubjectAccessReview()
                        .spec(new V1SelfSubjectAccessReviewSpec()
                                .resourceAttributes(new V1ResourceAttributes()
                                        .namespace(namespace)
                                        .verb("create")
                                        .group(group)
                                        .resource(resource))))
                .execute()
                .getStatus()
                .getAllowed();
    }

    @Test
    void versionIsTold() throws Exception {
        assertEquals("1", new VersionApi(client()).getCode().execute().getMajor());
    }
}
