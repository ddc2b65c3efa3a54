package touchstone.api.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.Launch;
import touchstone.spec.job.JobOrder.Purpose;

/** Starts runs that wait, in fair order, while the runner has a free slot. */
final class DispatchLoop implements JudgingLoop {
    private final Queue queue;
    private final Claims claims;
    private final JobTokens tokens;
    private final ServerInstance instance;
    private final JobRunner runner;

    DispatchLoop(Queue queue, Claims claims, JobTokens tokens, ServerInstance instance, JobRunner runner) {
        this.queue = queue;
        this.claims = claims;
        this.tokens = tokens;
        this.instance = instance;
        this.runner = runner;
    }

    @Override
    public void tick() {
        if (runner.freeSlots() == 0 || !instance.takesJobs()) return;
        FairOrder order = queue.fairOrder();
        while (runner.freeSlots() > 0) {
            Optional<FairOrder.Waiting> next = order.next();
            if (next.isEmpty()) return;
            // The attempt is on record before its job starts: a job without an attempt could not be told from a
            // stranger.
            claims.claim(next.get(), runner.name()).ifPresent(claim -> runner.start(launch(claim)));
        }
    }

    private Launch launch(Claims.Claim claim) {
        List<Launch.Command> commands = new ArrayList<>();
        if (!claim.scoreOnly()) commands.add(command(claim, Purpose.TRAIN));
        commands.add(command(claim, Purpose.SCORE));
        return new Launch(claim.job(), commands);
    }

    private Launch.Command command(Claims.Claim claim, Purpose purpose) {
        return new Launch.Command(purpose, tokens.token(claim.job(), purpose));
    }
}
