package touchstone.api.task;

import io.micronaut.http.HttpStatus;
import touchstone.api.account.Caller;
import touchstone.api.http.Refusal;

/** The right to make tasks, which who runs the server gives. */
final class MayCreate {
    private MayCreate() {}

    static void check(Caller caller) {
        if (!caller.mayCreateTasks())
            throw Refusal.of(
                    HttpStatus.FORBIDDEN,
                    "may-not-create-tasks",
                    "Not yours to do",
                    "This account may not create tasks. Ask the one who runs this server.");
    }
}
