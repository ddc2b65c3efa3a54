package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.evaluation.Evaluator;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.storage.Scratch;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;

/** Makes a task, or a new version of one, from an organizer's archive. */
@Singleton
public final class TaskPublication {
    private final Evaluator evaluator;
    private final Blobs blobs;
    private final Database database;
    private final FinalSeeds finalSeeds;
    private final DataFolder folder;
    private final ChangeLog changes;
    private final Audit audit;
    private final ObjectMapper json;
    private final InstantSource clock;

    TaskPublication(
            Evaluator evaluator,
            Blobs blobs,
            Database database,
            FinalSeeds finalSeeds,
            DataFolder folder,
            ChangeLog changes,
            Audit audit,
            ObjectMapper json,
            InstantSource clock) {
        this.evaluator = evaluator;
        this.blobs = blobs;
        this.database = database;
        this.finalSeeds = finalSeeds;
        this.folder = folder;
        this.changes = changes;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /** @param isNew false = this very version was published before; it is the current one again, and nothing was made */
    public record Published(String slug, int version, boolean isNew) {}

    /** @param with runs in the same transaction, for a request's idempotency key */
    public Published publish(UUID organizer, Blobs.Incoming archive, Consumer<Published> with) {
        try (Scratch scratch = folder.scratch("publish")) {
            Path out = scratch.folder().resolve("out");
            Publication publication = evaluator.publish(archive.file(), out, scratch.folder());
            if (!publication.problems().isEmpty())
                throw Refusal.problems("task", "The task cannot be published", publication.problems());
            try (Parts parts = Parts.of(out, blobs)) {
                blobs.sendAhead(archive, parts.pack(), parts.hidden(), parts.open());
                return database.transaction(() -> {
                    Published published = record(organizer, Sound.of(publication), archive, parts);
                    with.accept(published);
                    return published;
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not keep what publishing made", e);
        }
    }

    /** A publication without problems: then everything is there. */
    private record Sound(
            String digest,
            TaskFile task,
            TaskFile.Counts counts,
            String initialWeights,
            @Nullable String datasheet) {
        static Sound of(Publication publication) {
            return new Sound(
                    Objects.requireNonNull(publication.digest()),
                    Objects.requireNonNull(publication.task()),
                    Objects.requireNonNull(publication.counts()),
                    Objects.requireNonNull(publication.initialWeights()),
                    publication.datasheet());
        }
    }

    private record Parts(Blobs.Incoming pack, Blobs.Incoming hidden, Blobs.Incoming open) implements AutoCloseable {
        static Parts of(Path out, Blobs blobs) throws IOException {
            return new Parts(
                    blobs.receive(out.resolve("task.zip")),
                    blobs.receive(out.resolve("hidden.zip")),
                    blobs.receive(out.resolve("public.zip")));
        }

        @Override
        public void close() {
            pack.close();
            hidden.close();
            open.close();
        }
    }

    private record Known(UUID id, UUID organizer) {}

    private Published record(UUID organizer, Sound sound, Blobs.Incoming archive, Parts parts) {
        String slug = sound.task().name();
        Optional<Known> known = database.find(
                "select id, organizer from task where slug = ? for update",
                row -> new Known(row.uuid("id"), row.uuid("organizer")),
                slug);
        if (known.isPresent() && !known.get().organizer().equals(organizer))
            throw Refusal.conflict(
                    "taken", "Taken", "A task named \"" + slug + "\" exists. Change \"name\" in task.yaml.");
        Optional<Published> before = publishedBefore(sound.digest());
        if (before.isPresent()) {
            if (!before.get().slug().equals(slug))
                throw new IllegalStateException("Two tasks have one digest: " + slug + " and "
                        + before.get().slug());
            makeCurrent(known.map(Known::id).orElseThrow(), before.get().version(), sound.task());
            return before.get();
        }
        UUID task = known.map(Known::id).orElseGet(() -> insertTask(slug, organizer, sound.task()));
        int version = lastVersion(task) + 1;
        insertVersion(task, version, sound, archive, parts);
        finalSeeds.draw(task, version, sound.task().recipe().seeds().finals());
        makeCurrent(task, version, sound.task());
        changes.add(task, "published", "Version " + version + " was published.");
        audit.record(organizer, "task.publish", slug, "version " + version);
        return new Published(slug, version, true);
    }

    /** Also one of before, when its organizer goes back to it. */
    private void makeCurrent(UUID task, int version, TaskFile file) {
        database.change(
                "update task set current_version = ?, title = ?, access = ? where id = ?",
                version,
                file.title(),
                file.access(),
                task);
    }

    /** The current version may be an earlier one. */
    private int lastVersion(UUID task) {
        return database.get(
                "select coalesce(max(n), 0) as last from task_version where task = ?",
                row -> row.integer("last"),
                task);
    }

    private Optional<Published> publishedBefore(String digest) {
        return database.find(
                "select task.slug, version.n from task_version version join task on task.id = version.task where version.digest = ?",
                row -> new Published(row.text("slug"), row.integer("n"), false),
                digest);
    }

    private UUID insertTask(String slug, UUID organizer, TaskFile file) {
        UUID task = UUID.randomUUID();
        int inserted = database.change("""
                insert into task (id, slug, title, organizer, access, state, created)
                values (?, ?, ?, ?, ?, 'open', ?)
                on conflict do nothing
                """, task, slug, file.title(), organizer, file.access(), clock.instant());
        if (inserted == 0)
            throw Refusal.conflict(
                    "taken",
                    "Taken",
                    "A task named \"" + slug + "\" was published at the same moment. If it is yours, send this again;"
                            + " otherwise change \"name\" in task.yaml.");
        database.change("""
                insert into judging_set (id, task, kind, state, actor, reason, created)
                values (?, ?, 'board', 'applied', null, 'The running board.', ?)
                """, UUID.randomUUID(), task, clock.instant());
        return task;
    }

    private void insertVersion(UUID task, int version, Sound sound, Blobs.Incoming archive, Parts parts) {
        database.change(
                """
                insert into task_version (task, n, digest, document, counts, datasheet, initial_weights,
                                          file_blob, pack_blob, hidden_blob, public_blob, published)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                task,
                version,
                sound.digest(),
                write(sound.task()),
                write(sound.counts()),
                sound.datasheet() == null ? "" : sound.datasheet(),
                sound.initialWeights(),
                blobs.keep(archive, "task"),
                blobs.keep(parts.pack(), "pack"),
                blobs.keep(parts.hidden(), "hidden"),
                blobs.keep(parts.open(), "public"),
                clock.instant());
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "Could not write " + value.getClass().getSimpleName(), e);
        }
    }
}
