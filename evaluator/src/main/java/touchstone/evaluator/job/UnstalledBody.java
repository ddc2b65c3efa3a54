package touchstone.evaluator.job;

import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Breaks an answer's body off when no byte of it has come for a while. The time limit of a request ends where the body begins,
 * and a body may take as long as it needs while it comes.
 */
final class UnstalledBody<T> implements HttpResponse.BodySubscriber<T> {
    private final HttpResponse.BodySubscriber<T> body;
    private final Duration most;
    private final LongSupplier nanos;
    private Flow.@Nullable Subscription subscription;
    private long heardNanos;
    private boolean over;

    /** @param most between two pieces of the body */
    UnstalledBody(HttpResponse.BodySubscriber<T> body, Duration most, LongSupplier nanos) {
        this.body = body;
        this.most = most;
        this.nanos = nanos;
    }

    static <T> HttpResponse.BodyHandler<T> handler(HttpResponse.BodyHandler<T> handler, Duration most) {
        return head -> new UnstalledBody<>(handler.apply(head), most, System::nanoTime);
    }

    @Override
    public CompletionStage<T> getBody() {
        return body.getBody();
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        heardNanos = nanos.getAsLong();
        lookAgain(most.toNanos());
        body.onSubscribe(given);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> piece) {
        if (over) return;
        body.onNext(piece);
        heardNanos = nanos.getAsLong();
    }

    @Override
    public synchronized void onError(Throwable failure) {
        if (over) return;
        over = true;
        body.onError(failure);
    }

    @Override
    public synchronized void onComplete() {
        if (over) return;
        over = true;
        body.onComplete();
    }

    /** Looks whether the body still comes. */
    synchronized void look() {
        if (over || subscription == null) return;
        long left = most.toNanos() - (nanos.getAsLong() - heardNanos);
        if (left > 0) {
            lookAgain(left);
            return;
        }
        over = true;
        subscription.cancel();
        body.onError(new HttpTimeoutException("no byte of the answer came for " + most.toSeconds() + " s"));
    }

    private void lookAgain(long inNanos) {
        Executor later = CompletableFuture.delayedExecutor(inNanos, TimeUnit.NANOSECONDS);
        later.execute(this::look);
    }
}
