package touchstone.soak;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a soak is asked to do.
 *
 * @param home the folder that holds the built modules
 * @param folder where data, logs and the embedded database go
 * @param kills how often something is killed
 * @param submissions how many strategies are submitted
 * @param servers processes on one data folder and one database
 * @param database an address of a PostgreSQL, or which one to bring along
 * @param outage how long the database is stopped once, half way; null = not
 * @param runner {@code local}, or a cluster that is played in this process
 * @param played the cluster's containers are played as well, and train nothing
 */
record Options(
        Path home,
        Path folder,
        int kills,
        int submissions,
        int servers,
        String database,
        long seed,
        @Nullable Duration outage,
        String runner,
        boolean played) {
    static final String POSTGRES = "postgres";
    static final String H2 = "h2";
    static final String LOCAL = "local";
    static final String KUBERNETES = "kubernetes-fake";

    Options {
        if (kills < 0 || submissions < 1 || servers < 1)
            throw new IllegalArgumentException("Write --kills of 0 or more, --submissions and --servers of 1 or more.");
        boolean known = database.equals(POSTGRES) || database.equals(H2) || database.startsWith("jdbc:postgresql:");
        if (!known)
            throw new IllegalArgumentException("--database is \"" + database
                    + "\"; write postgres, h2, or jdbc:postgresql://host/database?user=… of an empty database.");
        if (database.equals(H2) && servers > 1)
            throw new IllegalArgumentException("H2 is a file of one server: write --servers 1 with --database h2.");
        if (outage != null && !database.equals(POSTGRES))
            throw new IllegalArgumentException(
                    "--database-outage stops the PostgreSQL that the soak brings along: use it with --database postgres.");
        if (!runner.equals(LOCAL) && !runner.equals(KUBERNETES))
            throw new IllegalArgumentException(
                    "--runner is \"" + runner + "\"; write " + LOCAL + " or " + KUBERNETES + ".");
        if (played && !runner.equals(KUBERNETES))
            throw new IllegalArgumentException("--played plays containers: use it with --runner " + KUBERNETES + ".");
    }

    boolean isOnCluster() {
        return runner.equals(KUBERNETES);
    }

    boolean isH2() {
        return database.equals(H2);
    }

    Path data() {
        return folder.resolve("data");
    }

    /** What repeats this plan. */
    String reproLine() {
        return "./touchstone soak --seed " + seed + " --kills " + kills + " --submissions " + submissions
                + " --servers "
                + servers + (database.equals(POSTGRES) ? "" : " --database '" + database + "'")
                + (outage == null ? "" : " --database-outage " + outage.toSeconds())
                + (isOnCluster() ? " --runner " + runner : "")
                + (played ? " --played" : "");
    }
}
