package touchstone.api.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import touchstone.api.app.Refused;

/** What locks a backup: from a file or typed, never an argument, which every process on the machine can read. */
final class Passphrase {
    private static final int LETTERS_MIN = 12;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "A file whose first line is the passphrase; without it the terminal asks.")
    private @Nullable Path file;

    /** For a new backup: long enough, and typed twice. */
    String choose() throws IOException {
        String chosen = file == null ? type("Passphrase of the backup: ") : fromFile(file);
        if (chosen.length() < LETTERS_MIN)
            throw new Refused(
                    "The passphrase needs at least " + LETTERS_MIN + " letters: the file holds the hidden test.");
        if (file == null && !type("Once more: ").equals(chosen))
            throw new Refused("These were two different passphrases.");
        return chosen;
    }

    String give() throws IOException {
        return file == null ? type("Passphrase of the backup: ") : fromFile(file);
    }

    private static String fromFile(Path file) throws IOException {
        if (!Files.isReadable(file)) throw new Refused("The passphrase file " + file + " cannot be read.");
        return Files.readString(file).lines().findFirst().orElse("");
    }

    private static String type(String prompt) {
        Console console = System.console();
        if (console == null || !console.isTerminal())
            throw new Refused(
                    "There is no terminal to ask for the passphrase. Write it into a file that only you may read"
                            + " and name that with --passphrase-file.");
        char[] typed = console.readPassword(prompt);
        if (typed == null) return "";
        String passphrase = new String(typed);
        Arrays.fill(typed, ' ');
        return passphrase;
    }
}
