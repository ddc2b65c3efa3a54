package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Makes the pods of Jobs and tells how the Jobs fare, as the Job controller of a cluster does. */
final class JobController {
    private static final Duration RETRY = Duration.ofSeconds(5);

    /** What became of the pods of one Job; pods are counted once, also when they are gone. */
    private static final class Tally {
        private final Set<String> counted = new HashSet<>();
        private int succeeded;
        private int failed;
        private String failedBy = "";
        private boolean deadlineSet;
        private boolean lifeSet;
    }

    private final Store store;
    private final Writes writes;
    private final Timers timers;
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Set<String> queued = new HashSet<>();
    private final Queue<Departed> departed = new ConcurrentLinkedQueue<>();

    /** A pod that is gone and may not be counted yet. The real controller keeps it by a finalizer until it is. */
    private record Departed(JsonObject pod, String jobName, String jobUid) {}

    JobController(Store store, Writes writes, Timers timers) {
        this.store = store;
        this.writes = writes;
        this.timers = timers;
        store.listen(this::changed);
    }

    private void changed(Store.Change change) {
        JsonObject object = change.object();
        if (change.kind() == Kind.JOB) {
            if (change.type() == Store.Type.DELETED) {
                timers.soon(() -> tallies.remove(Json.uid(object)));
            } else {
                enqueue(Json.namespace(object), Json.name(object));
            }
        } else if (change.kind() == Kind.POD) {
            for (JsonObject owner : Json.objects(object, "metadata", "ownerReferences")) {
                if (change.type() == Store.Type.DELETED) {
                    departed.add(new Departed(object, Json.string(owner, "name"), Json.string(owner, "uid")));
                }
                enqueue(Json.namespace(object), Json.string(owner, "name"));
            }
        }
    }

    private void enqueue(String namespace, String name) {
        synchronized (queued) {
            if (!queued.add(Store.key(namespace, name))) {
                return;
            }
        }
        timers.soon(() -> {
            synchronized (queued) {
                queued.remove(Store.key(namespace, name));
            }
            JsonObject job = store.find(Kind.JOB, namespace, name);
            if (job != null) {
                sync(job);
            }
        });
    }

    private void sync(JsonObject job) {
        Tally tally = tallies.computeIfAbsent(Json.uid(job), uid -> new Tally());
        if (isFinished(job)) {
            outlive(job, tally);
            return;
        }
        var active = new ArrayList<JsonObject>();
        int terminating = 0;
        List<JsonObject> present = pods(job);
        countDeparted();
        for (JsonObject pod : present) {
            count(job, tally, pod, false);
            if (!Kubelet.ended(pod)) {
                if (Json.deleting(pod)) {
                    terminating++;
                } else {
                    active.add(pod);
                }
            }
        }
        boolean suspended = Json.flag(job, "spec", "suspend");
        String why = failure(job, tally);
        boolean enough = tally.succeeded >= Json.number(job, 1, "spec", "completions");
        JsonObject now = tell(job, tally, active, terminating);
        if (!why.isEmpty() || enough) {
            active.forEach(this::delete);
            end(now, why, active.size() + terminating);
        } else if (suspended) {
            active.forEach(pod -> {
                tally.counted.add(Json.uid(pod));
                delete(pod);
            });
        } else if (!Json.deleting(now)) {
            watchDeadline(now, tally);
            boolean waitsForEnd =
                    Json.string(job, "spec", "podReplacementPolicy").equals("Failed");
            create(now, tally, active.size() + (waitsForEnd ? terminating : 0));
        }
    }

    private List<JsonObject> pods(JsonObject job) {
        var pods = new ArrayList<JsonObject>();
        for (Store.Ref ref : store.dependents(Json.uid(job))) {
            JsonObject pod = ref.kind() == Kind.POD ? store.find(Kind.POD, ref.namespace(), ref.name()) : null;
            if (pod != null) {
                pods.add(pod);
            }
        }
        return pods;
    }

    /** Those that are no longer among the present, or one more pod would be made in the place of each. */
    private void countDeparted() {
        for (Departed one = departed.poll(); one != null; one = departed.poll()) {
            JsonObject job = store.find(Kind.JOB, Json.namespace(one.pod()), one.jobName());
            if (job != null && Json.uid(job).equals(one.jobUid())) {
                count(job, tallies.computeIfAbsent(one.jobUid(), uid -> new Tally()), one.pod(), true);
            }
        }
    }

    private static void count(JsonObject job, Tally tally, JsonObject pod, boolean isGone) {
        boolean succeeded = Json.string(pod, "status", "phase").equals("Succeeded");
        boolean onlyEnded = Json.string(job, "spec", "podReplacementPolicy").equals("Failed");
        boolean failed = Json.string(pod, "status", "phase").equals("Failed")
                || !succeeded && (isGone || Json.deleting(pod) && !onlyEnded);
        if (!succeeded && !failed || !tally.counted.add(Json.uid(pod))) {
            return;
        }
        if (succeeded) {
            tally.succeeded++;
            return;
        }
        FailurePolicy.Verdict verdict = FailurePolicy.of(job, pod);
        if (verdict.action() == FailurePolicy.Action.IGNORE) {
            return;
        }
        tally.failed++;
        if (verdict.action() == FailurePolicy.Action.FAIL_JOB) {
            tally.failedBy = verdict.message();
        }
    }

    /** Why the Job has failed, as {@code reason: message}; empty while it has not. */
    private String failure(JsonObject job, Tally tally) {
        JsonObject target = Conditions.find(job, "FailureTarget");
        if (target != null) {
            return Json.string(target, "reason") + ": " + Json.string(target, "message");
        }
        if (!tally.failedBy.isEmpty()) {
            return "PodFailurePolicy: " + tally.failedBy;
        }
        if (tally.failed > Json.number(job, 6, "spec", "backoffLimit")) {
            return "BackoffLimitExceeded: Job has reached the specified backoff limit";
        }
        Instant started = Json.instant(job, "status", "startTime");
        long deadline = Json.number(job, 0, "spec", "activeDeadlineSeconds");
        if (started != null
                && deadline > 0
                && !Json.flag(job, "spec", "suspend")
                && !timers.instant().isBefore(started.plusSeconds(deadline))) {
            return "DeadlineExceeded: Job was active longer than specified deadline";
        }
        return "";
    }

    private JsonObject tell(JsonObject job, Tally tally, List<JsonObject> active, int terminating) {
        Instant now = timers.instant();
        boolean suspended = Json.flag(job, "spec", "suspend");
        long ready =
                active.stream().filter(pod -> Conditions.isTrue(pod, "Ready")).count();
        return store.update(Kind.JOB, Json.namespace(job), Json.name(job), copy -> {
            JsonObject status = Json.make(copy, "status");
            if (suspended && !Conditions.isTrue(copy, "Suspended")) {
                Conditions.set(copy, "Suspended", "True", "JobSuspended", "Job suspended", now);
                status.remove("startTime");
            } else if (!suspended && Conditions.isTrue(copy, "Suspended")) {
                Conditions.set(copy, "Suspended", "False", "JobResumed", "Job resumed", now);
                Json.put(status, "startTime", now);
            } else if (!suspended) {
                Json.putIfAbsent(status, "startTime", now);
            }
            Json.put(status, "active", active.isEmpty() ? null : active.size());
            Json.put(status, "ready", ready);
            Json.put(status, "terminating", terminating);
            Json.put(status, "succeeded", tally.succeeded == 0 ? null : tally.succeeded);
            Json.put(status, "failed", tally.failed == 0 ? null : tally.failed);
            status.add("uncountedTerminatedPods", new JsonObject());
            return copy;
        });
    }

    /** First what it will be, then, when no pod is left, what it is. */
    private void end(JsonObject job, String why, int left) {
        boolean failed = !why.isEmpty();
        String reason = failed ? why.substring(0, why.indexOf(':')) : "CompletionsReached";
        String message = failed ? why.substring(why.indexOf(':') + 2) : "Reached expected number of succeeded pods";
        String target = failed ? "FailureTarget" : "SuccessCriteriaMet";
        Instant now = timers.instant();
        boolean isKnown = Conditions.isTrue(job, target);
        store.update(Kind.JOB, Json.namespace(job), Json.name(job), copy -> {
            Conditions.set(copy, target, "True", reason, message, now);
            if (isKnown && left == 0) {
                Conditions.set(copy, failed ? "Failed" : "Complete", "True", reason, message, now);
                if (!failed) {
                    Json.put(Json.make(copy, "status"), "completionTime", now);
                }
            }
            return copy;
        });
    }

    private void watchDeadline(JsonObject job, Tally tally) {
        Instant started = Json.instant(job, "status", "startTime");
        long deadline = Json.number(job, 0, "spec", "activeDeadlineSeconds");
        if (started != null && deadline > 0 && !tally.deadlineSet) {
            tally.deadlineSet = true;
            String namespace = Json.namespace(job);
            String name = Json.name(job);
            timers.after(Duration.between(timers.instant(), started.plusSeconds(deadline)), () -> {
                tally.deadlineSet = false;
                enqueue(namespace, name);
            });
        }
    }

    private void create(JsonObject job, Tally tally, int present) {
        long wanted = Math.min(
                Json.number(job, 1, "spec", "parallelism"),
                Json.number(job, 1, "spec", "completions") - tally.succeeded);
        for (long i = present; i < wanted; i++) {
            try {
                writes.create(Kind.POD, Json.namespace(job), pod(job), false);
            } catch (Failure e) {
                Events.warn(writes, timers, job, "FailedCreate", "Error creating: " + e.getMessage(), "job-controller");
                timers.after(RETRY, () -> enqueue(Json.namespace(job), Json.name(job)));
                return;
            }
        }
    }

    private static JsonObject pod(JsonObject job) {
        JsonObject template = Json.object(job, "spec", "template").deepCopy();
        JsonObject meta = Json.make(template, "metadata");
        meta.addProperty("generateName", Json.name(job) + "-");
        var owners = new JsonArray();
        owners.add(Json.of(
                "apiVersion",
                "batch/v1",
                "kind",
                "Job",
                "name",
                Json.name(job),
                "uid",
                Json.uid(job),
                "controller",
                true,
                "blockOwnerDeletion",
                true));
        meta.add("ownerReferences", owners);
        return Json.of("metadata", meta, "spec", template.get("spec"));
    }

    private void delete(JsonObject pod) {
        if (store.find(Kind.POD, Json.namespace(pod), Json.name(pod)) != null) {
            writes.delete(Kind.POD, Json.namespace(pod), Json.name(pod), new JsonObject(), false);
        }
    }

    static boolean isFinished(JsonObject job) {
        return Conditions.isTrue(job, "Complete") || Conditions.isTrue(job, "Failed");
    }

    /** Deletes a finished Job when its time to live is over. */
    private void outlive(JsonObject job, Tally tally) {
        if (!Json.has(job, "spec", "ttlSecondsAfterFinished") || tally.lifeSet) {
            return;
        }
        tally.lifeSet = true;
        // The timer keeps no object: it may wait for hours.
        String namespace = Json.namespace(job);
        String name = Json.name(job);
        String uid = Json.uid(job);
        timers.after(Duration.ofSeconds(Json.number(job, 0, "spec", "ttlSecondsAfterFinished")), () -> {
            JsonObject now = store.find(Kind.JOB, namespace, name);
            if (now != null && Json.uid(now).equals(uid)) {
                writes.delete(Kind.JOB, namespace, name, Json.of("propagationPolicy", "Foreground"), false);
            }
        });
    }
}
