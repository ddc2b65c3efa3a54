package touchstone.evaluator.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** What no input may do to a reader. Memory is bounded by the heap of the process that runs this. */
final class Harm {

    /** Of computing, so that a busy machine accuses nobody. */
    private static final Duration COMPUTING_MAX = Duration.ofSeconds(1);

    private static final int MESSAGE_CHARACTERS_MAX = 20_000;
    /** What a person who sent a file can do nothing with. */
    private static final Pattern OF_THE_INSIDE =
            Pattern.compile("Exception|\\bjava\\.|\\btouchstone\\.|For input string|\\bnull\\b");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Harm() {}

    /** Throws where the input does harm. */
    static void none(Reader reader, byte[] bytes) throws Exception {
        long before = THREADS.getCurrentThreadCpuTime();
        List<Problem> problems = reader.read(bytes);
        Duration computed = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before);
        if (computed.compareTo(COMPUTING_MAX) > 0) throw new AssertionError(reader + " computed for " + computed);
        if (problems.size() > Problems.LISTED_MAX + 1) throw new AssertionError(problems.size() + " problems");
        String sent = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (Problem problem : problems) {
            String told = problem.message() + " | " + problem.instead();
            if (problem.message().isBlank()) throw new AssertionError("a problem without words: " + problem);
            if (told.length() > MESSAGE_CHARACTERS_MAX) throw new AssertionError("too long: " + told.length());
            var inside = OF_THE_INSIDE.matcher(problem.message());
            while (inside.find()) {
                if (!sent.contains(inside.group())) throw new AssertionError("of the inside: " + problem);
            }
        }
    }
}
