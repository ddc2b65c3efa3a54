package touchstone.api.cli;

/** What the commands that talk to a server end with. {@code docs/scripts.md} has the table. */
final class Exit {
    static final int DONE = 0;

    /** What was sent is wrong, or the verdict is "rejected": the same again ends the same. */
    static final int REFUSED = 1;

    static final int USAGE = 2;

    /** The server's or the network's: the same again may succeed. */
    static final int FAULT = 3;

    /** Not signed in, not allowed, or not there. */
    static final int FORBIDDEN = 4;

    /** A quota or a limit of the rate: the same again succeeds later. */
    static final int LATER = 5;

    private Exit() {}

    /** @param status of HTTP, 400 or more */
    static int of(int status) {
        return switch (status) {
            case 401, 403, 404 -> FORBIDDEN;
            case 429 -> LATER;
            default -> status < 500 ? REFUSED : FAULT;
        };
    }
}
