package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.storage.Database;
import touchstone.api.storage.Words;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;

/** Tasks as their readers see them. */
@Singleton
final class TaskViews {
    /** Above it, what is learned by heart decides the ranking: see "Leak and abuse defences" in the integrity notes. */
    private static final double TRAIN_SHARE_MAX = 0.005;

    private static final int HIDDEN_SAMPLES_MIN = 2000;

    private final Optional<Participation> participation;
    private final FinalSeeds finalSeeds;
    private final Database database;
    private final ObjectMapper json;
    private final InstantSource clock;

    TaskViews(
            Optional<Participation> participation,
            FinalSeeds finalSeeds,
            Database database,
            ObjectMapper json,
            InstantSource clock) {
        this.participation = participation;
        this.finalSeeds = finalSeeds;
        this.database = database;
        this.json = json;
        this.clock = clock;
    }

    TaskView of(TaskVersion task, Visitor visitor) {
        You you = visitor.caller()
                .flatMap(caller -> participation.map(known -> known.of(task, caller)))
                .orElse(null);
        return TaskView.of(task, Words.of(task.stateAt(clock.instant())), finalSeeds.view(task), draft(task), you);
    }

    /** Whoever sees a draft at all is its organizer. */
    private TaskView.@Nullable Draft draft(TaskVersion task) {
        if (task.published() != null) return null;
        Publication.Duplicates duplicates = database.find(
                        "select duplicates from task_version where task = ? and n = ? and duplicates is not null",
                        row -> parse(row.text("duplicates")),
                        task.task(),
                        task.version())
                .orElse(null);
        return new TaskView.Draft(duplicates, warnings(task.counts(), duplicates));
    }

    private static List<String> warnings(TaskFile.Counts counts, Publication.@Nullable Duplicates duplicates) {
        List<String> warnings = new ArrayList<>();
        int hidden = counts.publicFold() + counts.privateFold();
        if (hidden < HIDDEN_SAMPLES_MIN)
            warnings.add("The hidden test has " + hidden + " samples; below " + HIDDEN_SAMPLES_MIN
                    + " it tells only large differences apart. The try-out says how large.");
        if (duplicates != null && duplicates.trainShare() > TRAIN_SHARE_MAX)
            warnings.add(String.format(
                    Locale.ROOT,
                    "%d of %d hidden samples equal or nearly equal a training sample (%.1f%%). Take them out of one of both.",
                    duplicates.train().exact() + duplicates.train().near(),
                    duplicates.hidden(),
                    100 * duplicates.trainShare()));
        return warnings;
    }

    private Publication.Duplicates parse(String document) {
        try {
            return json.readValue(document, Publication.Duplicates.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored duplicates cannot be read.", e);
        }
    }

    TaskView of(TaskVersion task, Caller caller) {
        return of(task, new Visitor(Optional.of(caller)));
    }
}
