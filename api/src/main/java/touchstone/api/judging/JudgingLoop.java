package touchstone.api.judging;

import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.DatabaseFault;

/**
 * Makes one kind of effect from recorded facts. A tick may run at any time, twice, and on any number of servers at once; a
 * server that dies in the middle of one leaves nothing that the next tick, anywhere, does not put right.
 */
interface JudgingLoop {
    void tick();

    /**
     * Does something with each. What cannot be done with one is logged and tried again at the next tick, and keeps no other
     * from its turn; a database that is away, or in which everybody waits, is the whole tick's matter.
     */
    static <T> void each(Iterable<T> all, Consumer<T> act) {
        for (T one : all) {
            try {
                act.accept(one);
            } catch (DatabaseFault.Passing e) {
                throw e;
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(JudgingLoop.class)
                        .error("{} could not be dealt with; it is tried again", one, e);
            }
        }
    }

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
