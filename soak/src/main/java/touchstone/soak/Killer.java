package touchstone.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Carries out the plan, one kill after the other. */
final class Killer {
    private static final long LOOK_AGAIN_MILLIS = 20;

    /** A child of a dead server ends itself within a tenth of a second; on a machine where everything waits, later. */
    private static final long ORPHAN_SECONDS_MAX = 30;

    private final List<ServerProcess> servers;
    private final BlockingQueue<UploadTrap> traps;
    private final Progress progress;
    private final Findings findings;
    private final BooleanSupplier uploadsOver;
    private final @Nullable SoakCluster cluster;
    private final Map<Plan.Victim, Integer> done = new EnumMap<>(Plan.Victim.class);
    private final List<Thread> watches = new ArrayList<>();

    Killer(
            List<ServerProcess> servers,
            BlockingQueue<UploadTrap> traps,
            Progress progress,
            Findings findings,
            BooleanSupplier uploadsOver,
            @Nullable SoakCluster cluster) {
        this.servers = servers;
        this.traps = traps;
        this.progress = progress;
        this.findings = findings;
        this.uploadsOver = uploadsOver;
        this.cluster = cluster;
    }

    Map<Plan.Victim, Integer> done() {
        return done;
    }

    int total() {
        return done.values().stream().mapToInt(Integer::intValue).sum();
    }

    void carryOut(Plan.Kill kill) throws InterruptedException {
        awaitTrue(() -> progress.settled() >= kill.afterSettled());
        switch (kill.victim()) {
            case SERVER -> {
                Thread.sleep(kill.delayMillis());
                killServer(serverOf(kill), kill);
            }
            case JOB -> {
                Thread.sleep(kill.delayMillis());
                killJob(kill);
            }
            case UPLOAD, ANSWER -> trap(kill);
            default -> {
                Thread.sleep(kill.delayMillis());
                meetOnCluster(kill);
            }
        }
        synchronized (done) {
            done.merge(kill.victim(), 1, Integer::sum);
        }
    }

    private ServerProcess serverOf(Plan.Kill kill) {
        return servers.get(kill.choice() % servers.size());
    }

    private void killServer(ServerProcess server, Plan.Kill kill) throws InterruptedException {
        awaitTrue(server::isUp);
        List<ProcessHandle> gone = server.kill(kill.downMillis());
        watches.add(Thread.ofVirtual().start(() -> requireGone(gone)));
    }

    /** Any child, whatever it does; the moment is the plan's, so it may take a while until there is one. */
    private void killJob(Plan.Kill kill) throws InterruptedException {
        while (true) {
            List<ProcessHandle> children = servers.stream()
                    .flatMap(server -> server.children().stream())
                    .toList();
            if (!children.isEmpty()
                    && children.get(kill.choice() % children.size()).destroyForcibly()) return;
            if (isOver()) return;
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private boolean isOver() {
        return uploadsOver.getAsBoolean() && progress.settled() == progress.accepted();
    }

    /** What meets a container waits until there is one. */
    private void meetOnCluster(Plan.Kill kill) throws InterruptedException {
        SoakCluster jobs = Objects.requireNonNull(cluster, "a plan for a cluster needs one");
        while (!jobs.meet(kill) && !isOver()) Thread.sleep(LOOK_AGAIN_MILLIS);
    }

    /** Where nobody uploads any more, the server dies all the same. */
    private void trap(Plan.Kill kill) throws InterruptedException {
        UploadTrap trap = new UploadTrap(serverOf(kill), kill, this::killServer);
        traps.add(trap);
        awaitTrue(() -> trap.isSprung() || uploadsOver.getAsBoolean());
        if (trap.isSprung()) return;
        if (traps.remove(trap)) killServer(trap.server(), kill);
        else trap.await();
    }

    private void requireGone(List<ProcessHandle> processes) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHAN_SECONDS_MAX);
        while (processes.stream().anyMatch(Processes::runs)) {
            if (System.nanoTime() > end) {
                findings.add("a child outlived its killed server by " + ORPHAN_SECONDS_MAX + " seconds");
                return;
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void awaitWatches() throws InterruptedException {
        for (Thread watch : List.copyOf(watches)) watch.join();
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) Thread.sleep(LOOK_AGAIN_MILLIS);
    }
}
