package touchstone.api.runner;

/**
 * On a cluster.
 *
 * @param node the machine that the job was given to, as the cluster calls it
 */
public record PodMark(String node) implements Place {}
