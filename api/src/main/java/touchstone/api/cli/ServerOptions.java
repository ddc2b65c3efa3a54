package touchstone.api.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server a script talks to, and as whom. A token is never an argument: others can read those. */
final class ServerOptions {
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server's address, such as https://contest.example; else TOUCHSTONE_SERVER says it.")
    private @Nullable String server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with an API token that nobody else may read; else TOUCHSTONE_TOKEN holds the token.")
    private @Nullable Path tokenFile;

    @Option(names = "--json", description = "The server's answer on standard output, as JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    ApiClient client() {
        return new ApiClient(address(), token(), ServerOptions::pause);
    }

    private URI address() {
        String said = server == null ? System.getenv("TOUCHSTONE_SERVER") : server;
        String text = said == null ? "" : said.strip();
        if (!text.matches("https?://[^/?#@ ]+/?"))
            throw usage(
                    text.isEmpty()
                            ? "Which server? Write --server https://contest.example, or set TOUCHSTONE_SERVER."
                            : "\"" + text + "\" is no server's address; write it as https://contest.example.");
        try {
            return URI.create(text.endsWith("/") ? text : text + "/");
        } catch (IllegalArgumentException e) {
            throw usage("\"" + text + "\" is no server's address; write it as https://contest.example.");
        }
    }

    private @Nullable String token() {
        String token = tokenFile == null ? System.getenv("TOUCHSTONE_TOKEN") : read(tokenFile);
        if (token == null || token.isBlank()) return null;
        if (!token.strip().matches("[\\x21-\\x7e]+"))
            throw usage("What stands in " + (tokenFile == null ? "TOUCHSTONE_TOKEN" : tokenFile)
                    + " is no token: it holds blanks or other characters that no token has.");
        return token.strip();
    }

    private String read(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains))
                throw usage("The token in " + file + " can be read by others. Run: chmod 600 " + file);
            return Files.readString(file);
        } catch (IOException e) {
            throw usage("The token file " + file + " cannot be read.");
        }
    }

    private ParameterException usage(String sentence) {
        if (command == null) throw new IllegalStateException("not part of a command");
        return new ParameterException(command.commandLine(), sentence);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Ended(Exit.FAULT, "The command was interrupted.");
        }
    }
}
