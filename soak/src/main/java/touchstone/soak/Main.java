package touchstone.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./touchstone soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Lets a contest run on servers of its own while servers and jobs are killed (kill -9) at random"
                + " moments, and counts what is left. Touches no other house. Exit code 0: every promise held; 1: not.")
public final class Main implements Callable<Integer> {
    private static final int SEED_MAX = 1_000_000;

    @Option(names = "--kills", defaultValue = "200", description = "How often (${DEFAULT-VALUE}).")
    private int kills;

    @Option(names = "--submissions", defaultValue = "300", description = "How many (${DEFAULT-VALUE}).")
    private int submissions;

    @Option(
            names = "--servers",
            defaultValue = "2",
            description = "Processes on one database and one data folder (${DEFAULT-VALUE}).")
    private int servers;

    @Option(
            names = {"--database", "--database-url"},
            defaultValue = Options.POSTGRES,
            description = "postgres: one that is brought along; h2: with one server; or jdbc:postgresql://… of an empty"
                    + " database (${DEFAULT-VALUE}).")
    private String database = Options.POSTGRES;

    @Option(names = "--seed", description = "Repeats a plan: whom the kills meet, and when.")
    private @Nullable Long seed;

    @Option(
            names = "--database-outage",
            paramLabel = "SECONDS",
            description = "Stops the PostgreSQL that is brought along once, half way, for so long.")
    private @Nullable Integer outageSeconds;

    @Option(
            names = "--runner",
            defaultValue = Options.LOCAL,
            description = "local, or kubernetes-fake: Jobs on a cluster that the soak plays, with its faults"
                    + " (${DEFAULT-VALUE}).")
    private String runner = Options.LOCAL;

    @Option(
            names = "--played",
            description = "With kubernetes-fake: containers only speak as the evaluator does, and train nothing.")
    private boolean played;

    @Option(names = "--json", description = "The report as JSON on standard output; everything else on standard error.")
    private boolean asJson;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Options options;
        Path folder = Files.createTempDirectory("touchstone-soak");
        try {
            options = new Options(
                    Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", ".")),
                    folder,
                    kills,
                    submissions,
                    servers,
                    database,
                    seed == null ? new Random().nextInt(SEED_MAX) : seed,
                    outageSeconds == null ? null : Duration.ofSeconds(outageSeconds),
                    runner,
                    played);
        } catch (IllegalArgumentException e) {
            Files.delete(folder);
            System.err.println(e.getMessage());
            return 2;
        }
        System.err.println("Repeat this with: " + options.reproLine());
        boolean ok = false;
        try {
            Report report = new Soak(options, System.err::println).run();
            ok = report.ok();
            System.out.println(asJson ? json(report) : report.text());
        } finally {
            if (ok) remove(folder);
            else System.err.println("Logs, data and database are kept in " + folder);
        }
        return ok ? 0 : 1;
    }

    private static String json(Report report) throws IOException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    }

    static void remove(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) Files.delete(entry);
        }
    }
}
