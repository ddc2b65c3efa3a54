package touchstone.soak;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.kubernetes.fake.Traffic;

/** What was asked of a cluster's API, in words. */
final class ClusterText {
    private ClusterText() {}

    /** @param submissions that it was asked for */
    static String of(Map<String, Traffic.Count> calls, int submissions) {
        long all = calls.values().stream().mapToLong(Traffic.Count::calls).sum();
        long bytes = calls.values().stream()
                .mapToLong(count -> count.received() + count.sent())
                .sum();
        return String.format(
                Locale.ROOT,
                "the cluster's API: %d calls, %.1f a submission, %.1f kB a submission: %s",
                all,
                (double) all / submissions,
                bytes / 1000.0 / submissions,
                calls.entrySet().stream()
                        .map(one -> one(one.getKey(), one.getValue(), submissions))
                        .collect(Collectors.joining(", ")));
    }

    private static String one(String what, Traffic.Count count, int submissions) {
        return String.format(
                Locale.ROOT,
                "%s %d (%.1f kB a submission)",
                what,
                count.calls(),
                (count.received() + count.sent()) / 1000.0 / submissions);
    }
}
