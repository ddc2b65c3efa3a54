package touchstone.kubernetes.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults that wait for a call to meet. */
public final class Faults {
    private static final class Waiting {
        private final String verb;
        private final String resource;
        private final String body;
        private final Fault fault;
        private int times;

        private Waiting(String verb, String resource, String body, int times, Fault fault) {
            this.verb = verb;
            this.resource = resource;
            this.body = body;
            this.times = times;
            this.fault = fault;
        }

        private boolean meets(Call call, String sent) {
            return times > 0
                    && (verb.equals("*") || verb.equals(call.verb()))
                    && (resource.equals("*") || resource.equals(call.fullResource()))
                    && sent.contains(body);
        }
    }

    private final List<Waiting> waiting = new ArrayList<>();

    Faults() {}

    /**
     * The next so many calls of this verb on this resource meet the fault. Verbs are RBAC's ({@code create}, {@code watch}), resources
     * such as {@code jobs} or {@code pods/log}; {@code *} stands for all.
     */
    public synchronized void next(int times, String verb, String resource, Fault fault) {
        waiting.add(new Waiting(verb, resource, "", times, fault));
    }

    /** As a policy does: all calls with this in their body. */
    public synchronized void whenever(String body, String verb, String resource, Fault fault) {
        waiting.add(new Waiting(verb, resource, body, Integer.MAX_VALUE, fault));
    }

    /** All such calls meet the fault until {@link #clear}. */
    public void always(String verb, String resource, Fault fault) {
        next(Integer.MAX_VALUE, verb, resource, fault);
    }

    public synchronized void clear() {
        waiting.clear();
    }

    synchronized Optional<Fault> meet(Call call, String sent) {
        for (Waiting one : waiting) {
            if (one.meets(call, sent)) {
                if (one.times < Integer.MAX_VALUE) {
                    one.times--;
                }
                return Optional.of(one.fault);
            }
        }
        return Optional.empty();
    }
}
