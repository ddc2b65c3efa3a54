package touchstone.api.task;

import io.micronaut.http.HttpStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.spec.task.TaskFile.Phases;

/**
 * What of an announced phase may still be changed. People plan by what was announced, so time is only ever given, never
 * taken: the closing moves later, the opening only while it lies ahead, and nothing changes once the truth is out.
 */
final class PhaseMove {
    private PhaseMove() {}

    /** Refuses what takes time from contestants. @param now by the server's clock */
    static void check(Phases before, Phases wanted, Instant now) {
        if (before.equals(wanted)) return;
        if (hasPassed(before.reveals(), now))
            throw refusal("The results were revealed at " + before.reveals() + "; publish a new task instead.");
        if (!Objects.equals(before.opens(), wanted.opens())) checkOpens(before.opens(), wanted.opens(), now);
        if (!Objects.equals(before.closes(), wanted.closes())) checkCloses(before.closes(), wanted.closes(), now);
        checkReveals(before.reveals(), wanted, now);
    }

    /** What there is of a task's final. */
    enum Final {
        NONE,
        UNDER_WAY,
        APPLIED
    }

    /**
     * A contest does not open again once its final is made: who is in it is settled, and soon its seeds are public. A final
     * that no "reveals" holds back is out when it is applied, and stays out.
     */
    static void checkFinal(Phases before, Phases wanted, Final made) {
        if (made == Final.APPLIED && before.reveals() == null && wanted.reveals() != null)
            throw refusal("The final is applied and everybody reads it, so \"reveals\" stays null.");
        if (Objects.equals(before.opens(), wanted.opens()) && Objects.equals(before.closes(), wanted.closes())) return;
        switch (made) {
            case NONE -> {}
            case UNDER_WAY ->
                throw refusal(
                        "A final is being judged of what was there when the contest closed. Drop it first if the contest is"
                                + " to go on, and make another when it has closed again.");
            case APPLIED ->
                throw refusal(
                        "The final is applied and its seeds are public, so the contest stays closed; publish a new"
                                + " task instead. Only a \"reveals\" that lies ahead still moves.");
        }
    }

    private static void checkOpens(@Nullable Instant before, @Nullable Instant wanted, Instant now) {
        if (before == null || before.isBefore(now))
            throw refusal("The contest has opened, so \"opens\" stays " + (before == null ? "null" : before) + ".");
        if (wanted == null || wanted.isBefore(now))
            throw refusal("\"opens\" is " + wanted + "; write a time that lies ahead (it is " + now + " now).");
    }

    private static void checkCloses(@Nullable Instant before, @Nullable Instant wanted, Instant now) {
        if (wanted == null) return;
        if (before != null && wanted.isBefore(before))
            throw refusal(
                    "\"closes\" was announced as " + before
                            + " and moves only later: nobody loses time that was promised. Write a later time, or pause the task.");
        if (wanted.isBefore(now))
            throw refusal("\"closes\" is " + wanted + "; write a time that lies ahead (it is " + now + " now).");
    }

    private static void checkReveals(@Nullable Instant before, Phases wanted, Instant now) {
        Instant reveals = wanted.reveals();
        if (wanted.opens() != null && wanted.closes() != null && !wanted.opens().isBefore(wanted.closes()))
            throw refusal("\"closes\" must be after \"opens\", " + wanted.opens() + ".");
        if (reveals == null) return;
        if (wanted.closes() == null || reveals.isBefore(wanted.closes()))
            throw refusal("\"reveals\" must not be before \"closes\", which is " + wanted.closes() + ".");
        if (!reveals.equals(before) && reveals.isBefore(now))
            throw refusal("\"reveals\" is " + reveals + "; write a time that lies ahead (it is " + now + " now).");
    }

    private static boolean hasPassed(@Nullable Instant time, Instant now) {
        return time != null && !time.isAfter(now);
    }

    /** Each moment that moved, for people; empty = none did. */
    static String told(Phases before, Phases after) {
        List<String> told = new ArrayList<>();
        if (!Objects.equals(before.opens(), after.opens())) told.add(told("opens", before.opens(), after.opens()));
        if (!Objects.equals(before.closes(), after.closes())) told.add(told("closes", before.closes(), after.closes()));
        if (!Objects.equals(before.reveals(), after.reveals()))
            told.add(told("reveals its results", before.reveals(), after.reveals()));
        return String.join(" ", told);
    }

    private static String told(String phase, @Nullable Instant before, @Nullable Instant after) {
        return "It now " + phase + (after == null ? " at no set time" : " at " + after)
                + (before == null ? "." : " (was " + before + ").");
    }

    private static Refusal refusal(String detail) {
        return Refusal.of(HttpStatus.UNPROCESSABLE_ENTITY, "phases", "The phases cannot be moved so", detail);
    }
}
