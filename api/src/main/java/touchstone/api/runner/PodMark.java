package touchstone.api.runner;

import org.jspecify.annotations.Nullable;

/**
 * On a cluster.
 *
 * @param node the machine that the job was given to, as the cluster calls it
 * @param imageDigest the image that this machine says it runs, such as {@code registry.example/evaluator@sha256:…}; null = not
 *     told yet
 */
public record PodMark(String node, @Nullable String imageDigest) implements Place {}
