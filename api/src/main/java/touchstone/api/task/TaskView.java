package touchstone.api.task;

import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Words;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;

/**
 * A task as everybody may see it. The names of the hidden test's files are left out.
 *
 * @param digest over everything that is frozen
 * @param finalSeeds their hash from the start; the seeds when they are revealed
 * @param datasheet Markdown
 * @param file as it was published, but with the phases that hold now
 * @param pause null = not paused
 * @param draft null = this is no draft
 * @param you null = nobody is signed in
 */
record TaskView(
        String name,
        String title,
        String state,
        TaskVersion.@Nullable Pause pause,
        String access,
        int version,
        String digest,
        String organizer,
        TaskFile file,
        TaskFile.Counts counts,
        String initialWeights,
        FinalSeeds.View finalSeeds,
        String datasheet,
        @Nullable Draft draft,
        @Nullable You you) {

    /**
     * What its organizers should know before they publish it.
     *
     * @param duplicates samples that are in the hidden test and outside of it; null = not looked for
     * @param warnings what does not keep it from being published
     */
    record Draft(Publication.@Nullable Duplicates duplicates, List<String> warnings) {}

    static TaskView of(
            TaskVersion task, String state, FinalSeeds.View finalSeeds, @Nullable Draft draft, @Nullable You you) {
        return new TaskView(
                task.slug(),
                task.title(),
                state,
                task.pause(),
                Words.of(task.file().access()),
                task.version(),
                task.digest(),
                task.organizerName(),
                withoutHidden(task.file()),
                task.counts(),
                task.initialWeights(),
                finalSeeds,
                task.datasheet(),
                draft,
                you);
    }

    private static TaskFile withoutHidden(TaskFile file) {
        TaskFile.Data data = file.data();
        return new TaskFile(
                file.name(),
                file.title(),
                new TaskFile.Data(data.format(), data.classes(), data.input(), data.train(), data.validation(), null),
                file.recipe(),
                file.budget(),
                file.metrics(),
                file.board(),
                file.quota(),
                file.teams(),
                file.access(),
                file.phases(),
                file.datasheet());
    }
}
