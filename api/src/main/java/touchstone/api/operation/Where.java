package touchstone.api.operation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a question, as far as they were asked. */
final class Where {
    private final List<String> conditions = new ArrayList<>(List.of("1 = 1"));
    private final List<Object> arguments = new ArrayList<>();

    /** @param condition SQL of ours, with a mark for each of the arguments; left out when one of them is null */
    Where and(String condition, @Nullable Object... asked) {
        for (Object argument : asked) if (argument == null) return this;
        conditions.add(condition);
        for (Object argument : asked) if (argument != null) arguments.add(argument);
        return this;
    }

    String sql() {
        return String.join(" and ", conditions);
    }

    /** @param last come after those of the conditions */
    Object[] arguments(Object... last) {
        List<Object> all = new ArrayList<>(arguments);
        all.addAll(List.of(last));
        return all.toArray();
    }
}
