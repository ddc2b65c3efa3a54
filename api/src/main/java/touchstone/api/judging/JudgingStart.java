package touchstone.api.judging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.runtime.graceful.GracefulShutdownCapable;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.PlainPort;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.kubernetes.KubernetesRunner;
import touchstone.api.runner.local.EvaluatorCommand;
import touchstone.api.runner.local.LocalRunner;
import touchstone.api.runner.local.LocalRunnerConfig;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.task.FinalSeeds;

/** Starts the loops when the server listens, since jobs talk to it at once, and stops them with it. */
@Singleton
@Requires(property = "touchstone.judging.enabled", notEquals = "false")
final class JudgingStart implements ApplicationEventListener<ServerStartupEvent>, GracefulShutdownCapable {
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    private final JudgingConfig config;
    private final DataFolder data;
    private final Database database;
    private final InstantSource clock;
    private final JudgingLock locks;
    private final Queue queue;
    private final Attempts attempts;
    private final OpenLoop open;
    private final SetLoop sets;
    private final HeldRuns held;
    private final FinalSeeds finalSeeds;
    private final JobTokens tokens;
    private final EvaluatorCommand evaluator;
    private final Loops loops;
    private final TaskFiles tasks;
    private final MeterRegistry meters;
    private final String kind;
    private final Provider<KubernetesRunner.Start> kubernetes;
    private @Nullable Running running;

    private record Running(ServerInstance instance, JobRunner runner, JudgingTicker ticker) {}

    JudgingStart(
            JudgingConfig config,
            DataFolder data,
            Database database,
            InstantSource clock,
            JudgingLock locks,
            Queue queue,
            Attempts attempts,
            OpenLoop open,
            SetLoop sets,
            HeldRuns held,
            FinalSeeds finalSeeds,
            JobTokens tokens,
            EvaluatorCommand evaluator,
            Loops loops,
            TaskFiles tasks,
            MeterRegistry meters,
            @Value("${touchstone.runner:local}") String kind,
            Provider<KubernetesRunner.Start> kubernetes) {
        this.config = config;
        this.data = data;
        this.database = database;
        this.clock = clock;
        this.locks = locks;
        this.queue = queue;
        this.attempts = attempts;
        this.open = open;
        this.sets = sets;
        this.held = held;
        this.finalSeeds = finalSeeds;
        this.tokens = tokens;
        this.evaluator = evaluator;
        this.loops = loops;
        this.tasks = tasks;
        this.meters = meters;
        this.kind = kind;
        this.kubernetes = kubernetes;
    }

    @Override
    public void onApplicationEvent(ServerStartupEvent event) {
        Machine machine = Machine.here();
        ServerInstance instance = new ServerInstance(machine, database, clock);
        JobRunner runner = runner(event.getSource(), instance.id());
        JudgingTicker ticker = new JudgingTicker(loops);
        running = new Running(instance, runner, ticker);
        instance.register();
        LongSupplier nanos = System::nanoTime;
        Instances instances = new Instances(database, machine, config, nanos);
        Claims claims = new Claims(database, locks, queue, tasks, instance, clock);
        Beginnings beginnings = new Beginnings(database, runner, clock);
        meters.gauge(
                "touchstone.runner.trouble",
                List.of(Tag.of("runner", runner.name())),
                instance,
                seen -> seen.inTrouble() ? 1 : 0);
        ticker.turn(
                config.watchPeriod(),
                List.of(
                        JudgingLoop.named(
                                "BeSeen", () -> instance.beSeen(runner.trouble().or(beginnings::trouble))),
                        JudgingLoop.named("FinalSeeds", finalSeeds::drawMissing),
                        new SweepLoop(attempts, instances, instance, runner, config, nanos),
                        new ExpireLoop(attempts, config, nanos)));
        ticker.turn(
                config.period(),
                List.of(
                        open,
                        sets,
                        held,
                        new DispatchLoop(queue, claims, tokens, instance, runner, beginnings),
                        new ObserveLoop(runner, attempts)));
    }

    private JobRunner runner(EmbeddedServer server, UUID instance) {
        return switch (kind) {
            case LocalRunner.NAME -> new LocalRunner(runnerConfig(server, instance));
            case KubernetesRunner.NAME ->
                kubernetes.get().start(tokens.house(), config.deadline(), (long) config.memoryMegabytes() << 20);
            default ->
                throw new IllegalArgumentException("touchstone.runner is '" + kind + "'; write " + LocalRunner.NAME
                        + " or " + KubernetesRunner.NAME);
        };
    }

    private LocalRunnerConfig runnerConfig(EmbeddedServer server, UUID instance) {
        String host = EVERY_ADDRESS.contains(server.getHost()) ? "127.0.0.1" : server.getHost();
        URI address = address(host, PlainPort.of(server));
        Path jobs = data.work().resolve("jobs");
        return new LocalRunnerConfig(
                config.slots(),
                config.deadline(),
                (long) config.memoryMegabytes() << 20,
                evaluator,
                () -> address,
                jobs,
                instance);
    }

    /** @param host a name, or an address of either kind: brackets come by themselves */
    static URI address(String host, int port) {
        try {
            return new URI("http", null, host, port, null, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("No address can be made of the host " + host, e);
        }
    }

    /** Claims nothing more, while the requests that are under way end. */
    @Override
    public CompletionStage<?> shutdownGracefully() {
        if (running != null) running.ticker().close();
        return CompletableFuture.completedStage(null);
    }

    /** Ends the children and puts their runs back, so that the next start need not find out. A cluster's jobs go on. */
    @PreDestroy
    void stop() {
        if (running == null) return;
        running.ticker().close();
        running.runner().close();
        if (!running.runner().outlivesServers()) putBack(running.instance().id());
        running = null;
    }

    private void putBack(UUID instance) {
        attempts.listOpen().stream()
                .filter(attempt -> attempt.instance().equals(instance))
                .forEach(attempt -> attempts.end(attempt.job(), Fault.SERVER_DIED, "the server was stopped"));
    }
}
