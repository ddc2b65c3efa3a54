package touchstone.evaluator.job;

/** Ends this process when its time is over, whatever it is doing. */
final class Deadline {

    private static final int STATUS_PAST_DEADLINE = 124;

    private Deadline() {}

    static void start(int seconds) {
        Thread thread = new Thread(
                () -> {
                    try {
                        Thread.sleep(seconds * 1000L);
                    } catch (InterruptedException e) {
                        return;
                    }
                    System.err.println("the deadline of " + seconds + " s has passed");
                    Runtime.getRuntime().halt(STATUS_PAST_DEADLINE);
                },
                "deadline");
        thread.setDaemon(true);
        thread.start();
    }
}
