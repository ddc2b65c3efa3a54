package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.credentials.AccessTokenAuthentication;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A cluster in this process, reached over HTTP on the loopback interface. It begins with the namespaces {@code default} and
 * {@code kube-system}, without a node. All its parts work on one thread; a test waits with {@link #settle} until they have nothing left
 * to do.
 */
public final class FakeKubernetes implements AutoCloseable {
    /** The token of one who may do everything. */
    public static final String ADMIN_TOKEN = "admin";

    private static final Duration AWAITED_MAX = Duration.ofSeconds(20);

    private final Timers timers = new Timers();
    private final Store store = new Store();
    private final Images images = new Images();
    private final Rights rights = new Rights();
    private final Faults faults = new Faults();
    private final Traffic traffic = new Traffic();
    private final Writes writes = new Writes(store, timers);
    private final NewerServer newer = new NewerServer();
    private final Watches watches = new Watches(store, newer);
    private final Kubelet kubelet;
    private final Nodes nodes;
    private final ApiServer server;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public FakeKubernetes() {
        new Collector(store, writes, timers);
        new JobController(store, writes, timers);
        new Scheduler(store, timers);
        kubelet = new Kubelet(store, writes, timers, images);
        nodes = new Nodes(store, writes, kubelet, timers);
        store.listen(change -> timers.soon(this::wake));
        store.listen(change -> {
            if (change.kind() == Kind.NAMESPACE && Json.deleting(change.object())) {
                rights.forget(Json.name(change.object()));
            }
        });
        rights.grant(ADMIN_TOKEN, "admin", Rule.all());
        for (String namespace : new String[] {"default", "kube-system"}) {
            writes.create(Kind.NAMESPACE, "", named(namespace), false);
        }
        for (Map.Entry<String, Integer> level : Map.of(
                        "system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000)
                .entrySet()) {
            JsonObject priority = named(level.getKey());
            Json.put(priority, "value", level.getValue());
            writes.create(Kind.PRIORITY_CLASS, "", priority, false);
        }
        server = new ApiServer(new Resources(store, writes, kubelet), watches, rights, faults, traffic, newer);
    }

    private static JsonObject named(String name) {
        return Json.of("metadata", Json.of("name", name));
    }

    // How it is reached.

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** A client with that token. */
    public ApiClient client(String token) {
        return new ClientBuilder()
                .setBasePath(url())
                .setAuthentication(new AccessTokenAuthentication(token))
                .build();
    }

    /** A client that may do everything. */
    public ApiClient client() {
        return client(ADMIN_TOKEN);
    }

    /** A kubeconfig with that token, for another process. */
    public String kubeconfig(String token) {
        return """
                apiVersion: v1
                kind: Config
                current-context: fake
                contexts: [{name: fake, context: {cluster: fake, user: fake}}]
                clusters: [{name: fake, cluster: {server: "%s"}}]
                users: [{name: fake, user: {token: "%s"}}]
                """.formatted(url(), token);
    }

    /** Who may do what. */
    public Rights rights() {
        return rights;
    }

    /** What goes wrong with calls. */
    public Faults faults() {
        return faults;
    }

    /** What was called so far. */
    public Traffic traffic() {
        return traffic;
    }

    /** The API server goes away: connections are cut and refused, while everything else in the cluster goes on. */
    public void away() {
        server.away();
    }

    public void back() {
        server.back();
    }

    /** How many watches are open. */
    public int watches() {
        return watches.count();
    }

    /** Watches of a resource such as {@code pods} tell each change so much later; each kind has its own stream, and one may lag. */
    public void slowWatches(String resource, Duration by) {
        Kind kind = Arrays.stream(Kind.values())
                .filter(one -> one.plural().equals(resource))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no resource " + resource));
        watches.lag(kind, by);
    }

    /** Cuts all watches in the middle. */
    public void dropWatches() {
        watches.end(true);
    }

    /** From now on each object that is answered or told of has fields that no client's models know. */
    public void becomeNewer() {
        newer.begin();
    }

    /** Sends a bookmark to every watch that takes them. */
    public void bookmark() {
        watches.bookmark();
    }

    /** Forgets the changes so far: watches and lists that want to go on from before are told 410. */
    public void compact() {
        store.compact();
    }

    // Time.

    /** The cluster's clock. */
    public InstantSource clock() {
        return timers;
    }

    /** Sets the cluster's clock forward and lets it do what is due by then. */
    public void advance(Duration by) {
        timers.advance(by);
    }

    /** Waits until the cluster has done all that is due. */
    public void settle() {
        timers.settle();
    }

    // Nodes and images.

    public void addNode(Node node) {
        nodes.add(node);
        settle();
    }

    /** Nobody hears of the node any more; its containers run on. Its pods are evicted when their patience (300 s) is over. */
    public void loseNode(String name) {
        nodes.lose(name);
        settle();
    }

    /** The node is heard of again. */
    public void findNode(String name) {
        nodes.back(name);
        settle();
    }

    /** The node is gone for good, and all that ran on it. */
    public void removeNode(String name) {
        nodes.remove(name);
        settle();
    }

    /** No node can fetch this image, until {@link #giveBackImage}. */
    public void takeAwayImage(String image) {
        images.takeAway(image);
    }

    public void giveBackImage(String image) {
        images.giveBack(image);
    }

    // Pods.

    /** Does the work of all containers that start from now on; at first they are ended by hand. */
    public void containers(Containers work) {
        kubelet.containers(work);
    }

    /** How long a node takes from being given a pod to starting its first container; nothing at first. */
    public void startTime(Duration time) {
        kubelet.startTime(time);
    }

    /**
     * The running container of that name in a pod, which is named itself or by its Job; waits for it.
     *
     * @throws IllegalStateException where it does not run within 20 seconds
     */
    public Container awaitContainer(String namespace, String podOrJob, String container) {
        long nanos = AWAITED_MAX.toNanos();
        lock.lock();
        try {
            Optional<Container> found = running(namespace, podOrJob, container);
            while (found.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
                found = running(namespace, podOrJob, container);
            }
            return found.orElseThrow(() -> new IllegalStateException("container %s of %s/%s does not run: %s"
                    .formatted(container, namespace, podOrJob, told(namespace, podOrJob))));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for a container", e);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Container> running(String namespace, String podOrJob, String container) {
        return kubelet.find(namespace, podOrJob).flatMap(work -> work.all().stream()
                .filter(one -> one.name().equals(container))
                .filter(one -> one.state() instanceof Container.State.Running)
                .findFirst());
    }

    private String told(String namespace, String podOrJob) {
        return kubelet.find(namespace, podOrJob)
                .map(work -> Json.text(Json.object(work.find(), "status")))
                .orElse("it has no pod on a node");
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The node evicts the pod, which is named itself or by its Job, for such a reason as {@code The node was low on resource: memory.} */
    public void evict(String namespace, String podOrJob, String message) {
        timers.soon(() -> kubelet.find(namespace, podOrJob).ifPresent(work -> {
            nodes.disrupt(work, "TerminationByKubelet", message);
            kubelet.end(work, "Evicted", message);
        }));
        settle();
    }

    /** The scheduler takes the pod's place for a more important one. */
    public void preempt(String namespace, String podOrJob) {
        timers.soon(() -> kubelet.find(namespace, podOrJob).ifPresent(work -> {
            nodes.disrupt(
                    work,
                    "PreemptionByScheduler",
                    "default-scheduler: preempting to accommodate a higher priority pod");
            writes.delete(Kind.POD, work.namespace(), work.name(), new JsonObject(), false);
        }));
        settle();
    }

    @Override
    public void close() {
        timers.close();
        server.close();
        kubelet.close();
    }
}
