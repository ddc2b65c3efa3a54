package touchstone.api.runner.local;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * How children are run.
 *
 * @param slots jobs at a time; each is one process at any moment
 * @param deadline for one command of a job
 * @param memoryBytes that one child may allocate; a heap limit alone would not bound what the tensor library takes
 * @param server where children reach the server; asked late, since its port may be chosen when it starts to listen
 * @param work holds one folder for each start of a server, and in it one scratch folder a job; servers may share it
 * @param instance names this start of the server, and its folder
 */
public record LocalRunnerConfig(
        int slots,
        Duration deadline,
        long memoryBytes,
        EvaluatorCommand evaluator,
        Supplier<URI> server,
        Path work,
        UUID instance) {

    /** What a person needs to see of a job that failed; more would only be a way to fill the memory. */
    static final int LOG_BYTES_MAX = 64 * 1024;

    /** Below this no job even starts. */
    static final long MEMORY_BYTES_MIN = 300L << 20;

    Path ownWork() {
        return work.resolve(instance.toString());
    }

    public LocalRunnerConfig {
        if (slots < 0)
            throw new IllegalArgumentException("the local runner's slots are " + slots + "; write 0 or more");
        if (deadline.isNegative() || deadline.isZero())
            throw new IllegalArgumentException("a job's deadline is " + deadline + "; write a time above zero");
        if (memoryBytes < MEMORY_BYTES_MIN)
            throw new IllegalArgumentException(
                    "a job's memory is " + memoryBytes + " bytes; write at least " + MEMORY_BYTES_MIN);
    }
}
