package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import touchstone.api.app.Housekeeping;

/** Removes what nobody needs. */
@Command(name = "gc", description = "Removes what nobody needs any more. The server does so once a day by itself.")
final class GcCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Override
    public Integer call() throws Exception {
        try (ApplicationContext context = Opened.production(data.options())) {
            Housekeeping.Done done = context.getBean(Housekeeping.class).collect();
            if (done.blobs().halted())
                System.out.println("A backup, or gc on another server, is under way: run this again when it is done.");
            System.out.println("Removed " + done.blobs().deleted() + " blobs, " + done.checks() + " old checks, "
                    + done.tokens() + " tokens, " + done.keys() + " request keys, "
                    + done.judgings().logs() + " logs and "
                    + (done.scratch() + done.blobs().abandoned()) + " left files.");
            return 0;
        }
    }
}
