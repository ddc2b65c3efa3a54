package touchstone.api.task;

import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Words;
import touchstone.spec.task.TaskFile;

/**
 * A task as everybody may see it. The names of the hidden test's files are left out.
 *
 * @param digest over everything that is frozen
 * @param datasheet Markdown
 * @param you null = nobody is signed in
 */
record TaskView(
        String name,
        String title,
        String state,
        String access,
        int version,
        String digest,
        String organizer,
        TaskFile file,
        TaskFile.Counts counts,
        String initialWeights,
        String datasheet,
        @Nullable You you) {

    static TaskView of(TaskVersion task, String state, @Nullable You you) {
        return new TaskView(
                task.slug(),
                task.title(),
                state,
                Words.of(task.file().access()),
                task.version(),
                task.digest(),
                task.organizerName(),
                withoutHidden(task.file()),
                task.counts(),
                task.initialWeights(),
                task.datasheet(),
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
                file.access(),
                file.phases(),
                file.datasheet());
    }
}
