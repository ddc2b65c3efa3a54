package touchstone.api.judging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import touchstone.api.runner.ProcessMark;
import touchstone.api.runner.ProcessTable;

/**
 * Where a server process runs.
 *
 * @param bootId of the machine since it was started, with the namespace in which its process numbers count
 */
record Machine(String host, String bootId, ProcessMark server) {

    /** A system that does not tell gets a name that no other has: then only its being seen counts. */
    static Machine here() {
        long pid = ProcessHandle.current().pid();
        try {
            String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String namespace =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return new Machine(
                    host, boot + "/" + digits(namespace), ProcessTable.find(pid).orElse(unknown(pid)));
        } catch (IOException | UnsupportedOperationException e) {
            return new Machine("unknown", UUID.randomUUID().toString(), unknown(pid));
        }
    }

    /** Whether process numbers of the other machine can be looked up on this one. */
    boolean sharesProcessesWith(Machine other) {
        return host.equals(other.host) && bootId.equals(other.bootId);
    }

    private static ProcessMark unknown(long pid) {
        return new ProcessMark(pid, ProcessMark.UNKNOWN);
    }

    private static String digits(String text) {
        return text.replaceAll("\\D", "");
    }
}
