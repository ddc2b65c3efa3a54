package touchstone.api.runner.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.ProcessMark;
import touchstone.api.runner.ProcessTable;

/** Jobs as children of this process. They run as its own user: what it can read, they could. */
public final class LocalRunner implements JobRunner {
    /** What the database calls it. */
    public static final String NAME = "local";

    private static final Logger log = LoggerFactory.getLogger(LocalRunner.class);

    private static final Pattern INSTANCE =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final LocalRunnerConfig config;
    private final Map<JobName, LocalJob> jobs = new ConcurrentHashMap<>();

    public LocalRunner(LocalRunnerConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int freeSlots() {
        long busy = jobs.values().stream().filter(job -> !job.state().ended()).count();
        return (int) Math.max(0, config.slots() - busy);
    }

    @Override
    public void start(Launch launch) {
        LocalJob job = new LocalJob(launch, config);
        if (jobs.putIfAbsent(launch.job(), job) != null) return;
        Thread.ofPlatform().daemon().name("job " + launch.job()).start(job);
    }

    @Override
    public Map<JobName, JobState> jobs() {
        return jobs.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> entry.getValue().state()));
    }

    @Override
    public void stop(JobName name) {
        Optional.ofNullable(jobs.get(name)).ifPresent(LocalJob::stop);
    }

    @Override
    public void forget(JobName name) {
        jobs.computeIfPresent(name, (key, job) -> job.state().ended() ? null : job);
    }

    @Override
    public void stopLeftover(JobName job, ProcessMark process) {
        if (ProcessTable.find(process.pid()).filter(process::equals).isEmpty()) return;
        if (!isOf(job, ProcessTable.commandLine(process.pid()))) return;
        ProcessHandle.of(process.pid()).ifPresent(handle -> {
            log.warn("ending the process {} of the job {}, left over from a server that is gone", handle.pid(), job);
            handle.destroyForcibly();
        });
    }

    private static boolean isOf(JobName job, List<String> commandLine) {
        return follows(commandLine, "--run", job.run().toString())
                && follows(commandLine, "--attempt", Integer.toString(job.attempt()));
    }

    private static boolean follows(List<String> words, String option, String value) {
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() && words.get(at + 1).equals(value);
    }

    @Override
    public void clean(Predicate<JobName> needed) {
        for (Path folder : Folders.list(config.ownWork())) {
            JobName.parse(folder.getFileName().toString())
                    .filter(job -> !jobs.containsKey(job) && !needed.test(job))
                    .ifPresent(job -> Folders.remove(folder));
        }
    }

    @Override
    public void cleanAfter(Predicate<UUID> gone) {
        for (Path folder : Folders.list(config.work())) {
            String name = folder.getFileName().toString();
            if (!INSTANCE.matcher(name).matches()) continue;
            UUID instance = UUID.fromString(name);
            if (!instance.equals(config.instance()) && gone.test(instance)) Folders.remove(folder);
        }
    }

    /** Ends every child; the attempts are put back by whoever finds this server gone. */
    @Override
    public void close() {
        jobs.values().forEach(LocalJob::stop);
    }
}
