package touchstone.api.judging;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cluster that a person names for tests.
 *
 * @param image the evaluator's, where the cluster can have it
 * @param host this machine, as the cluster's pods reach it
 */
record RealCluster(Path kubeconfig, String image, String host) {
    private static final String KUBECONFIG = "TOUCHSTONE_TEST_KUBECONFIG";
    private static final String IMAGE = "TOUCHSTONE_TEST_IMAGE";
    private static final String HOST = "TOUCHSTONE_TEST_HOST";

    /**
     * @return empty = none is named; a kubeconfig alone is for the contract that the fake keeps
     * @throws IllegalStateException where only a part is said: whoever wants a real cluster must not get a played one in silence
     */
    static Optional<RealCluster> of(Map<String, String> environment) {
        if (isUnset(environment, IMAGE) && isUnset(environment, HOST)) return Optional.empty();
        List<String> missing = List.of(KUBECONFIG, IMAGE, HOST).stream()
                .filter(name -> isUnset(environment, name))
                .toList();
        if (!missing.isEmpty())
            throw new IllegalStateException("on a real cluster this test needs " + KUBECONFIG + " (a file), " + IMAGE
                    + " (the evaluator's image) and " + HOST
                    + " (this machine's address, as the cluster's pods reach it);"
                    + " set " + String.join(" and ", missing) + " as well, or unset " + IMAGE + " and " + HOST
                    + " to play a cluster");
        return Optional.of(
                new RealCluster(Path.of(environment.get(KUBECONFIG)), environment.get(IMAGE), environment.get(HOST)));
    }

    private static boolean isUnset(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").isBlank();
    }
}
