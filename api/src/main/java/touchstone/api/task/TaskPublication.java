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

/**
 * Makes a task, or a new version of one, from an organizer's archive: at once, or as a draft that is published later. Of a
 * task's drafts only the last one waits; of those before it, what was tried out stays as a fact.
 */
@Singleton
public final class TaskPublication {
    private static final int NO_VERSION = 0;

    private final Evaluator evaluator;
    private final Blobs blobs;
    private final Database database;
    private final FinalSeeds finalSeeds;
    private final DataFolder folder;
    private final Organizers organizers;
    private final Tasks tasks;
    private final TaskPhases phases;
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
            Organizers organizers,
            Tasks tasks,
            TaskPhases phases,
            ChangeLog changes,
            Audit audit,
            ObjectMapper json,
            InstantSource clock) {
        this.evaluator = evaluator;
        this.blobs = blobs;
        this.database = database;
        this.finalSeeds = finalSeeds;
        this.folder = folder;
        this.organizers = organizers;
        this.tasks = tasks;
        this.phases = phases;
        this.changes = changes;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /** @param isNew false = this very version was there before, and nothing was made */
    public record Published(String slug, int version, boolean isNew) {}

    /** @param with runs in the same transaction, for a request's idempotency key */
    public Published publish(UUID organizer, Blobs.Incoming archive, Consumer<Published> with) {
        return make(organizer, archive, false, with);
    }

    /** Keeps the archive as the task's draft, in place of the one before. Its organizers alone see it. */
    Published draft(UUID organizer, Blobs.Incoming archive, Consumer<Published> with) {
        return make(organizer, archive, true, with);
    }

    private Published make(UUID organizer, Blobs.Incoming archive, boolean asDraft, Consumer<Published> with) {
        try (Scratch scratch = folder.scratch("publish")) {
            Path out = scratch.folder().resolve("out");
            Publication publication = evaluator.publish(archive.file(), out, scratch.folder());
            if (!publication.problems().isEmpty())
                throw Refusal.problems("task", "The task cannot be published", publication.problems());
            try (Parts parts = Parts.of(out, blobs)) {
                blobs.sendAhead(archive, parts.pack(), parts.hidden(), parts.open());
                return database.transaction(() -> {
                    Published published = record(organizer, Sound.of(publication), archive, parts, asDraft);
                    with.accept(published);
                    return published;
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not keep what publishing made", e);
        }
    }

    /**
     * Publishes the draft as it is: what was tried out, bit by bit.
     *
     * @param digest the task digest that the draft must still have, or that the current version has already; null = whichever
     *     draft waits
     */
    Published publishDraft(UUID actor, TaskVersion task, @Nullable String digest) {
        return database.transaction(() -> {
            int draft = draftOf(task.task());
            if (draft == NO_VERSION && digest != null && isCurrent(task, digest))
                return new Published(task.slug(), task.version(), false);
            if (draft == NO_VERSION)
                throw Refusal.conflict(
                        "no-draft", "No draft", "No draft of this task waits. Send one: POST /api/tasks?draft=true.");
            if (digest != null && !digest.equals(digestOf(task.task(), draft)))
                throw Refusal.conflict(
                        "draft-changed",
                        "Another draft",
                        "The draft that waits is not the one with this digest any more. Look at it again, then publish.");
            release(actor, task.task(), task.slug(), draft);
            return new Published(task.slug(), draft, true);
        });
    }

    /** It was published before, and somebody asks again whose answer was lost. */
    private boolean isCurrent(TaskVersion task, String digest) {
        TaskVersion now = tasks.find(task.task()).orElseThrow(Refusal::notFound);
        return now.published() != null && now.digest().equals(digest);
    }

    /** A publication without problems: then everything is there. */
    private record Sound(
            String digest,
            String trainingDigest,
            TaskFile task,
            TaskFile.Counts counts,
            String initialWeights,
            @Nullable String datasheet,
            Publication.@Nullable Duplicates duplicates) {
        static Sound of(Publication publication) {
            return new Sound(
                    Objects.requireNonNull(publication.digest()),
                    Objects.requireNonNull(publication.trainingDigest()),
                    Objects.requireNonNull(publication.task()),
                    Objects.requireNonNull(publication.counts()),
                    Objects.requireNonNull(publication.initialWeights()),
                    publication.datasheet(),
                    publication.duplicates());
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

    /** @param published false = a draft */
    private record Before(UUID task, String slug, int version, boolean published) {}

    private Published record(UUID organizer, Sound sound, Blobs.Incoming archive, Parts parts, boolean asDraft) {
        String slug = sound.task().name();
        Optional<UUID> known =
                database.find("select id from task where slug = ? for update", row -> row.uuid("id"), slug);
        if (known.isPresent() && organizers.partOf(known.get(), organizer) != Organizers.Part.ORGANIZER)
            throw Refusal.conflict(
                    "taken", "Taken", "A task named \"" + slug + "\" exists. Change \"name\" in task.yaml.");
        Optional<Before> before = before(sound.digest());
        if (before.isPresent()) return again(organizer, slug, before.get(), asDraft);
        UUID task = known.orElseGet(() -> insertTask(slug, organizer, sound.task()));
        int version = lastVersion(task) + 1;
        insertVersion(task, version, sound, archive, parts);
        finalSeeds.draw(task, version, sound.task().recipe().seeds().finals());
        if (asDraft) wait(organizer, task, slug, version);
        else release(organizer, task, slug, version);
        return new Published(slug, version, true);
    }

    /** The very archive that made a version before. */
    private Published again(UUID organizer, String slug, Before before, boolean asDraft) {
        if (!before.slug().equals(slug))
            throw new IllegalStateException("Two tasks have one digest: " + slug + " and " + before.slug());
        if (asDraft && before.published())
            throw Refusal.conflict(
                    "already-published",
                    "Published already",
                    "This very archive is version " + before.version() + " of the task, which is published. Change"
                            + " something, or publish it again without draft=true to go back to it.");
        if (asDraft) wait(organizer, before.task(), slug, before.version());
        else release(organizer, before.task(), slug, before.version());
        return new Published(slug, before.version(), false);
    }

    /** The version becomes the draft that waits. */
    private void wait(UUID actor, UUID task, String slug, int version) {
        int replaced = draftOf(task);
        TaskFile file = file(task, version);
        database.change("update task set draft_version = ? where id = ?", version, task);
        database.change(
                "update task set current_version = ?, title = ?, access = ? where id = ? and state = 'draft'",
                version,
                file.title(),
                file.access(),
                task);
        audit.record(actor, "task.draft", slug, "version " + version);
        if (replaced != NO_VERSION && replaced != version) forget(task, replaced);
    }

    /** Locks the task. */
    private int draftOf(UUID task) {
        return database.get(
                "select coalesce(draft_version, 0) as draft from task where id = ? for update",
                row -> row.integer("draft"),
                task);
    }

    /** A draft that was never tried out leaves nothing behind. The last number stays taken: it would be given out again. */
    private void forget(UUID task, int version) {
        if (version == lastVersion(task)) return;
        boolean used = database.find("""
                        select version from submission where task = ? and version = ?
                        union all
                        select version from board_snapshot where task = ? and version = ?
                        """, row -> row.integer("version"), task, version, task, version)
                .isPresent();
        if (used) return;
        database.change("delete from checked_strategy where task = ? and version = ?", task, version);
        database.change("delete from task_version where task = ? and n = ? and published is null", task, version);
    }

    /** Makes the version the current one for everybody; also one of before, when its organizer goes back to it. */
    private void release(UUID actor, UUID task, String slug, int version) {
        TaskVersion current = tasks.find(task).orElse(null);
        if (current != null && current.published() != null && current.version() == version) return;
        TaskFile file = file(task, version);
        if (current != null && current.published() != null)
            phases.ofNewVersion(actor, current, file(task, current.version()).phases(), file.phases());
        boolean first = database.change(
                        "update task_version set published = ? where task = ? and n = ? and published is null",
                        clock.instant(),
                        task,
                        version)
                == 1;
        database.change("""
                update task set current_version = ?, title = ?, access = ?,
                    state = case when state = 'draft' then 'open' else state end,
                    draft_version = case when draft_version = ? then null else draft_version end
                where id = ?
                """, version, file.title(), file.access(), version, task);
        changes.add(
                task, "published", "Version " + version + (first ? " was published." : " is the current one again."));
        audit.record(actor, "task.publish", slug, "version " + version);
    }

    /** As it was written: with the phases of its own task.yaml. */
    private TaskFile file(UUID task, int version) {
        String document = database.get(
                "select document from task_version where task = ? and n = ?",
                row -> row.text("document"),
                task,
                version);
        try {
            return json.readValue(document, TaskFile.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored TaskFile cannot be read.", e);
        }
    }

    private String digestOf(UUID task, int version) {
        return database.get(
                "select digest from task_version where task = ? and n = ?", row -> row.text("digest"), task, version);
    }

    /** The current version may be an earlier one. */
    private int lastVersion(UUID task) {
        return database.get(
                "select coalesce(max(n), 0) as last from task_version where task = ?",
                row -> row.integer("last"),
                task);
    }

    private Optional<Before> before(String digest) {
        return database.find(
                """
                select task.id, task.slug, version.n, version.published
                from task_version version join task on task.id = version.task where version.digest = ?
                """,
                row -> new Before(
                        row.uuid("id"), row.text("slug"), row.integer("n"), row.findInstant("published") != null),
                digest);
    }

    /** A draft, until a version of it is published. */
    private UUID insertTask(String slug, UUID organizer, TaskFile file) {
        UUID task = UUID.randomUUID();
        int inserted = database.change("""
                insert into task (id, slug, title, organizer, access, state, created)
                values (?, ?, ?, ?, ?, 'draft', ?)
                on conflict do nothing
                """, task, slug, file.title(), organizer, file.access(), clock.instant());
        if (inserted == 0)
            throw Refusal.conflict(
                    "taken",
                    "Taken",
                    "A task named \"" + slug + "\" was made at the same moment. If it is yours, send this again;"
                            + " otherwise change \"name\" in task.yaml.");
        database.change("""
                insert into judging_set (id, task, kind, state, actor, reason, created)
                values (?, ?, 'board', 'applied', null, 'The running board.', ?)
                """, UUID.randomUUID(), task, clock.instant());
        organizers.addCreator(task, organizer);
        return task;
    }

    private void insertVersion(UUID task, int version, Sound sound, Blobs.Incoming archive, Parts parts) {
        database.change(
                """
                insert into task_version (task, n, digest, training_digest, document, counts, datasheet,
                                          initial_weights, duplicates, file_blob, pack_blob, hidden_blob, public_blob)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                task,
                version,
                sound.digest(),
                sound.trainingDigest(),
                write(sound.task()),
                write(sound.counts()),
                sound.datasheet() == null ? "" : sound.datasheet(),
                sound.initialWeights(),
                sound.duplicates() == null ? null : write(sound.duplicates()),
                blobs.keep(archive, "task"),
                blobs.keep(parts.pack(), "pack"),
                blobs.keep(parts.hidden(), "hidden"),
                blobs.keep(parts.open(), "public"));
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
