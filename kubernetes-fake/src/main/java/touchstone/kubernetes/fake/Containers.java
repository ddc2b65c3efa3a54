package touchstone.kubernetes.fake;

/** Does the work of containers in the place of a node. */
@FunctionalInterface
public interface Containers {
    /**
     * Begins the work of one container and returns at once; the work ends when somebody calls {@link Container#exit} or one of its
     * kin. Called on the cluster's own thread, which does nothing else meanwhile.
     */
    void start(Container container);

    /** The test ends each container by hand: {@link FakeKubernetes#awaitContainer}. */
    static Containers byHand() {
        return container -> {};
    }
}
