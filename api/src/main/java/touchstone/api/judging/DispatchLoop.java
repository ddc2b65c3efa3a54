package touchstone.api.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.Launch;
import touchstone.spec.job.JobOrder.Purpose;

/** Starts runs that wait, in fair order, while the runner has a free slot. */
final class DispatchLoop implements JudgingLoop {
    /** A queue of more runs is not read again for every slot that becomes free. */
    private static final int LONG_QUEUE = 500;

    /** Of the time that reading a long queue takes: so much of the server's time at most goes into it. */
    private static final int SHARE = 20;

    private final Queue queue;
    private final Claims claims;
    private final JobTokens tokens;
    private final ServerInstance instance;
    private final JobRunner runner;
    private final Beginnings beginnings;
    private @Nullable FairOrder order;
    private long orderGoodUntil;

    DispatchLoop(
            Queue queue,
            Claims claims,
            JobTokens tokens,
            ServerInstance instance,
            JobRunner runner,
            Beginnings beginnings) {
        this.queue = queue;
        this.claims = claims;
        this.tokens = tokens;
        this.instance = instance;
        this.runner = runner;
        this.beginnings = beginnings;
    }

    @Override
    public void tick() {
        if (runner.freeSlots() == 0 || !instance.takesJobs()) return;
        int most = beginnings.most(runner.freeSlots());
        if (most == 0) return;
        FairOrder known = order;
        if (known != null && System.nanoTime() < orderGoodUntil && fillSlots(known, most)) return;
        fillSlots(read(), most);
    }

    /** False = slots are left, and nothing more may start. */
    private boolean fillSlots(FairOrder order, int most) {
        List<Claims.Claim> sent = new ArrayList<>();
        while (sent.size() < most && runner.freeSlots() > 0) {
            Optional<FairOrder.Waiting> next = order.next();
            if (next.isEmpty()) return false;
            // The attempt is on record before its job starts: a job without an attempt could not be told from a
            // stranger.
            JudgingLoop.each(
                    List.of(next.get()), run -> claims.claim(run, runner.name()).ifPresent(claim -> {
                        sent.add(claim);
                        runner.start(launch(claim));
                    }));
        }
        return true;
    }

    /** A claim looks again at what it takes, so an order that is a moment old costs fairness a moment, and nothing else. */
    private FairOrder read() {
        long began = System.nanoTime();
        FairOrder read = queue.fairOrder();
        long took = System.nanoTime() - began;
        orderGoodUntil = began + took * SHARE;
        order = read.size() > LONG_QUEUE ? read : null;
        return read;
    }

    private Launch launch(Claims.Claim claim) {
        List<Launch.Command> commands = new ArrayList<>();
        if (runner.keepsTasks()) commands.add(command(claim, Purpose.FETCH));
        if (!claim.scoreOnly()) commands.add(command(claim, Purpose.TRAIN));
        commands.add(command(claim, Purpose.SCORE));
        return new Launch(claim.job(), commands, claim.device(), claim.isFinal(), claim.failedOn());
    }

    private Launch.Command command(Claims.Claim claim, Purpose purpose) {
        return new Launch.Command(purpose, tokens.token(claim.job(), purpose));
    }
}
