package touchstone.api.runner;

/**
 * A job of a cluster.
 *
 * @param job what the cluster calls it, for ever: a later job of the same name has another
 * @param node the machine that it was given
 */
public record PodMark(String job, String node) implements Place {}
