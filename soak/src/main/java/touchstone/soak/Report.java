package touchstone.soak;

import java.util.List;
import java.util.Map;
import touchstone.kubernetes.fake.Traffic;

/**
 * What a soak did and found.
 *
 * @param repeated requests that a client had to send again because the connection broke
 * @param askedToWait answers of 429, 503 and "under way"
 * @param outageSeconds how long the database was away
 * @param held submissions that waited for an operator, who put them back
 * @param attempts how attempts ended, with how many did
 * @param calls to the cluster's API, by verb and resource; empty = there was no cluster
 * @param findings what went against the promises; empty = all is well
 */
record Report(
        long seed,
        Map<Plan.Victim, Integer> kills,
        int submissions,
        int settled,
        int servers,
        int serverStarts,
        String database,
        long outageSeconds,
        long seconds,
        int repeated,
        int askedToWait,
        int held,
        List<String> attempts,
        Map<String, Traffic.Count> calls,
        List<String> findings,
        String repeat) {

    boolean ok() {
        return findings.isEmpty();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        int all = kills.values().stream().mapToInt(Integer::intValue).sum();
        text.append(all + " kills " + kills + ", " + settled + " of " + submissions + " submissions settled, " + servers
                + " servers started " + serverStarts + " times, on " + database + ", in " + seconds + " s\n");
        if (outageSeconds > 0) text.append("the database was away for " + outageSeconds + " s\n");
        text.append("clients sent " + repeated + " requests again after a broken connection, and were asked to wait "
                + askedToWait + " times; an operator put back " + held + "\n");
        text.append("attempts: " + String.join(", ", attempts) + "\n");
        if (!calls.isEmpty()) text.append(ClusterText.of(calls, submissions) + "\n");
        for (String finding : findings) text.append("FOUND: " + finding + "\n");
        text.append(ok() ? "all promises held\n" : findings.size() + " promises broken\n");
        return text + "repeat: " + repeat;
    }
}
