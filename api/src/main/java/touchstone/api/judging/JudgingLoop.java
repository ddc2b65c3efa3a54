package touchstone.api.judging;

/**
 * Makes one kind of effect from recorded facts. A tick may run at any time, twice, and on any number of servers at once; a
 * server that dies in the middle of one leaves nothing that the next tick, anywhere, does not put right.
 */
interface JudgingLoop {
    void tick();

    /** In log and metrics. */
    default String name() {
        return getClass().isHidden() ? "other" : getClass().getSimpleName();
    }

    static JudgingLoop named(String name, Runnable work) {
        return new Named(name, work);
    }

    /** What is no class of its own. */
    record Named(String name, Runnable work) implements JudgingLoop {
        @Override
        public void tick() {
            work.run();
        }
    }
}
