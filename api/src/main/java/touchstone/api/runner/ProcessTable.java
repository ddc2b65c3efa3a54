package touchstone.api.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the kernel says about processes. Every answer may be out of date at once; an absent process is an empty answer. */
public final class ProcessTable {
    private static final int START_TICKS_FIELD = 22;

    /** Zombie and dead. */
    private static final Set<String> ENDED = Set.of("Z", "X");

    private ProcessTable() {}

    public static Optional<ProcessMark> find(long pid) {
        return read(pid, "stat").flatMap(ProcessTable::startTicks).map(ticks -> new ProcessMark(pid, ticks));
    }

    /** The words of a process's command line. */
    public static List<String> commandLine(long pid) {
        return read(pid, "cmdline").map(text -> List.of(text.split("\0"))).orElse(List.of());
    }

    private static Optional<String> read(long pid, String file) {
        try {
            return Optional.of(Files.readString(Path.of("/proc", Long.toString(pid), file)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /**
     * The name in parentheses may hold blanks and parentheses of its own, so counting starts behind the last one. A process
     * that has ended keeps its number until its parent asks about it, which some parents never do; it runs no more.
     */
    private static Optional<Long> startTicks(String stat) {
        String[] behindName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        int index = START_TICKS_FIELD - 3;
        if (behindName.length <= index || ENDED.contains(behindName[0])) return Optional.empty();
        return Optional.of(Long.parseLong(behindName[index]));
    }
}
