package touchstone.api.app;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests that start together. */
public final class AtOnce {
    private AtOnce() {}

    /** What each was answered, in the order they are given. */
    @SafeVarargs
    public static List<Person.Answer> all(Callable<Person.Answer>... requests) {
        CyclicBarrier start = new CyclicBarrier(requests.length);
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Person.Answer>> together = List.of(requests).stream()
                    .<Callable<Person.Answer>>map(request -> () -> {
                        start.await();
                        return request.call();
                    })
                    .toList();
            return people.invokeAll(together).stream().map(Future::resultNow).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Their statuses, the least first. */
    public static List<Integer> statuses(List<Person.Answer> answers) {
        return answers.stream().map(Person.Answer::status).sorted().toList();
    }
}
