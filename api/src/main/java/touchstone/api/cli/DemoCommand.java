package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.Demo;
import touchstone.api.app.House;
import touchstone.api.app.KeyFile;
import touchstone.api.app.Refused;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;
import touchstone.api.storage.DataFolder;

/** A contest to play with, on this machine alone. */
@Command(name = "demo", description = "Starts a contest to play with, on this machine alone.")
final class DemoCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";

    @Option(names = "--port", defaultValue = "8080", description = "Port to listen on (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--data",
            defaultValue = "demo-data",
            paramLabel = "DIR",
            description = "Where the demo lives (${DEFAULT-VALUE}); one that exists goes on where it was.")
    private Path data = Path.of("demo-data");

    @Override
    public Integer call() throws Exception {
        Listening.requireFree(LOOPBACK, port);
        ApplicationContext context = Opened.open(options());
        try {
            claim(context.getBean(House.class), new DataFolder(data).keyFile());
            context.getBean(Demo.class).setUp(System.out::println);
        } catch (RuntimeException | IOException e) {
            context.close();
            throw e;
        }
        EmbeddedServer server = Listening.start(context, port);
        greet(server, context.getBean(Demo.class));
        Listening.untilStopped();
        return 0;
    }

    private Server.Options options() {
        return new Server.Options(
                DataOptions.home(), data, Settings.Mode.DEMO, DatabaseAddress.inFolder(data), LOOPBACK, port, null);
    }

    /** A new folder becomes a demo; the mark comes before the key, so that a start that was cut off can go on. */
    private void claim(House house, Path key) throws IOException {
        Optional<Settings.Mode> mode = house.mode();
        if (mode.isEmpty() && !Files.exists(key)) house.mark(Settings.Mode.DEMO);
        else if (!mode.equals(Optional.of(Settings.Mode.DEMO)))
            throw new Refused(
                    data + " was made by \"touchstone init\"; the demo leaves it alone. Give the demo a folder"
                            + " of its own with --data.");
        if (!Files.exists(key)) KeyFile.create(key);
        KeyFile.require(key);
    }

    private static void greet(EmbeddedServer server, Demo demo) throws Exception {
        System.out.println();
        System.out.println("The demo runs on " + server.getURL() + "/tasks/" + Demo.TASK);
        System.out.println("Sign in as:");
        for (Demo.SignIn signIn : demo.signIns())
            System.out.printf("  %-8s %s  (%s)%n", signIn.name(), signIn.password(), signIn.role());
        System.out.println("With a token for scripts each in " + demo.signInsFile());
        System.out.println("Stop it with Ctrl-C; start it again to go on.");
    }
}
