package touchstone.soak;

import java.util.List;
import java.util.Optional;

/** What still runs. */
final class Processes {
    private Processes() {}

    /** A process that has ended and that nobody has asked about yet has no command line any more. */
    static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().commandLine().isPresent();
    }

    /** Command lines of processes, other than this one, that name one of the words. */
    static List<String> naming(List<String> words) {
        long own = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != own)
                .map(process -> process.info().commandLine())
                .flatMap(Optional::stream)
                .filter(line -> words.stream().anyMatch(line::contains))
                .toList();
    }
}
