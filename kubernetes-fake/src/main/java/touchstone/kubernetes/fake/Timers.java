package touchstone.kubernetes.fake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one thread on which the cluster's own parts work, and its clock: the machine's, which a test may set forward. Work is done in the
 * order in which it is due.
 */
final class Timers implements InstantSource, AutoCloseable {
    private record Task(Instant due, long number, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int order = due.compareTo(other.due);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Thread thread;
    private Duration ahead = Duration.ZERO;
    private long number;
    private boolean busy;
    private boolean closed;

    Timers() {
        thread = Thread.ofPlatform().daemon().name("fake-kubernetes").start(this::work);
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            return Instant.now().plus(ahead);
        } finally {
            lock.unlock();
        }
    }

    /** Sets the clock forward; what is due by then is done before this returns. */
    void advance(Duration by) {
        lock.lock();
        try {
            ahead = ahead.plus(by);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        settle();
    }

    void soon(Runnable work) {
        after(Duration.ZERO, work);
    }

    void after(Duration delay, Runnable work) {
        lock.lock();
        try {
            // What is due at once keeps its order among itself, whatever the clock does.
            Instant due = delay.isPositive() ? instant().plus(delay) : Instant.MIN;
            tasks.add(new Task(due, number++, work));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is left that is due by now. */
    void settle() {
        if (Thread.currentThread() == thread) {
            return;
        }
        lock.lock();
        try {
            while (!closed && (busy || isDue())) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        Task next = tasks.peek();
        return next != null && !next.due().isAfter(instant());
    }

    private void work() {
        lock.lock();
        try {
            while (!closed) {
                if (isDue()) {
                    Runnable work = tasks.remove().work();
                    busy = true;
                    lock.unlock();
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        // One broken part must not stop the cluster; the test that meets it sees what it did not do.
                        e.printStackTrace();
                    } finally {
                        lock.lock();
                        busy = false;
                        changed.signalAll();
                    }
                } else if (tasks.isEmpty()) {
                    changed.awaitUninterruptibly();
                } else {
                    awaitNext();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitNext() {
        try {
            long nanos = Duration.between(instant(), tasks.element().due()).toNanos();
            changed.awaitNanos(Math.max(nanos, 1));
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
