package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStateTerminated;
import io.kubernetes.client.openapi.models.V1ContainerStateWaiting;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1JobCondition;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.api.runner.CommandEnd;
import touchstone.api.runner.JobState;
import touchstone.api.runner.PodMark;

/**
 * What a Job and its pod say about a job. A condition counts only when its status is True: a Job that was suspended once keeps
 * saying so with False; and of a Job's own conditions only the last ones count, since its pods are gone by then.
 */
sealed interface Reading {

    /** It is certain. */
    record Is(JobState state) implements Reading {}

    /**
     * It is not running and not ended.
     *
     * @param why for an operator
     * @param atLast what it is when this lasts; null = it may wait as long as it has to
     */
    record Waits(Patience patience, String why, @Nullable JobState atLast) implements Reading {}

    /** How long something may stand still; of two such the words may change from minute to minute. */
    enum Patience {
        /** For a queue's word: as long as a job may wait. */
        QUEUED,
        /** For a machine: as long. */
        UNPLACED,
        /** For a machine other than those where it failed before; there may be none. */
        ELSEWHERE,
        /** While a machine gets ready, which may have to fetch an image of gigabytes and does not say so. */
        SETTING_UP,
        /** The machine says what keeps it, and somebody may mend it. */
        STUCK
    }

    /**
     * The Job has failed, and its pod, which knows why, was not heard of since: the two are told of by streams of their own.
     *
     * @param atLast what it is when nothing more is heard of the pod
     */
    record Behind(JobState atLast) implements Reading {}

    /** A command ended by itself, and not well; its log may say why. */
    record Exited(String pod, String container, int exit, boolean outOfMemory, String message) implements Reading {
        /** @param printed the last of its log; empty = it printed nothing, or that cannot be had any more */
        JobState state(String printed) {
            String log = printed.isBlank() ? message : printed;
            JobState end = new CommandEnd(container, exit, outOfMemory, log).state();
            // Neither a server that stops nor whoever takes the pod away ends a command so, but for a machine that is
            // rebooted without being drained; what did may do so every time.
            return end instanceof JobState.Interrupted(String detail)
                    ? new JobState.Broken(detail + ", and its pod was not to go", log)
                    : end;
        }
    }

    /** The kubelet's words for a container that may yet come up, if somebody mends what it lacks. */
    Set<String> MENDABLE = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "ImageInspectError",
            "RegistryUnavailable",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError");

    /** An exit code above it names the signal that ended a command. */
    int SIGNALS = 128;

    Set<String> HOPELESS = Set.of("InvalidImageName", "ErrImageNeverPull");

    /** A pod that its machine refused; it had been given to it by mistake. */
    Set<String> REFUSED_BY_NODE = Set.of(
            "UnexpectedAdmissionError", "NodeAffinity", "Preempting", "PodAdmissionFailed", "TopologyAffinityError");

    Set<String> NODE_GONE = Set.of("NodeLost", "NodeShutdown", "Shutdown", "Terminated");

    /** @param pod as last seen, also when it is gone; null = none was seen */
    static Reading of(V1Job job, @Nullable V1Pod pod) {
        if (condition(job, "Complete").isPresent()) return new Is(new JobState.Finished());
        boolean suspended = Boolean.TRUE.equals(job.getSpec().getSuspend());
        // However its containers ended then: they were told to.
        if (suspended && pod != null && wasStarted(pod) && pod.getMetadata().getDeletionTimestamp() != null)
            return new Is(new JobState.Displaced("the cluster's queue took its machine back"));
        Optional<Reading> ofPod = pod == null ? Optional.empty() : ofPod(pod, mustGoElsewhere(job));
        if (ofPod.isPresent() && ends(ofPod.get())) return ofPod.get();
        Optional<V1JobCondition> failed = condition(job, "Failed");
        if (failed.isPresent()) {
            JobState end = ofFailed(failed.get(), pod);
            return pod != null && isLastWord(pod) ? new Is(end) : new Behind(end);
        }
        if (ofPod.isPresent()) return ofPod.get();
        if (suspended) return new Waits(Patience.QUEUED, "it waits in the cluster's queue", null);
        return new Waits(Patience.QUEUED, "the cluster has made no pod for it yet", null);
    }

    /** Others give affinities as well. */
    private static boolean mustGoElsewhere(V1Job job) {
        return job.getMetadata().getAnnotations() != null
                && job.getMetadata().getAnnotations().containsKey(JobManifest.ELSEWHERE);
    }

    private static boolean ends(Reading reading) {
        return switch (reading) {
            case Is is -> is.state().ended();
            case Waits waits -> false;
            case Behind behind -> false;
            case Exited exited -> true;
        };
    }

    private static Optional<V1JobCondition> condition(V1Job job, String type) {
        if (job.getStatus() == null) return Optional.empty();
        return Stream.ofNullable(job.getStatus().getConditions())
                .flatMap(List::stream)
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }

    private static boolean isLastWord(V1Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null
                || pod.getStatus() != null
                        && Set.of("Failed", "Succeeded")
                                .contains(Objects.requireNonNullElse(
                                        pod.getStatus().getPhase(), ""));
    }

    /** Nothing about the pod tells how it ended. */
    private static JobState ofFailed(V1JobCondition failed, @Nullable V1Pod pod) {
        if ("DeadlineExceeded".equals(failed.getReason())) {
            return pod == null || !wasStarted(pod)
                    ? new JobState.NeverStarted("the cluster had no machine for it in all the time it may wait")
                    : new JobState.OverLimit("it took longer than a job may, with all its waiting");
        }
        // Of a pod that was deleted the machine may have nothing more to say; of others nothing means nothing.
        if (pod != null && pod.getMetadata().getDeletionTimestamp() == null && !wasStarted(pod))
            return new JobState.NeverStarted("its pod failed before anything of it ran (" + failed.getReason() + ")");
        return new JobState.Lost("its pod was deleted, and the cluster does not say why (" + failed.getReason() + ")");
    }

    private static boolean wasStarted(V1Pod pod) {
        return statuses(pod)
                .anyMatch(status -> status.getState() != null
                        && (status.getState().getRunning() != null
                                || status.getState().getTerminated() != null));
    }

    private static Optional<Reading> ofPod(V1Pod pod, boolean elsewhere) {
        V1PodStatus status = pod.getStatus();
        if (status == null) return Optional.empty();
        String reason = Objects.requireNonNullElse(status.getReason(), "");
        String message = Objects.requireNonNullElse(status.getMessage(), "no reason given");
        if (reason.equals("Evicted")) return Optional.of(new Is(evicted(message)));
        if (reason.equals("DeadlineExceeded"))
            return Optional.of(new Is(new JobState.OverLimit("it ran longer than a job may: " + message)));
        if (NODE_GONE.contains(reason))
            return Optional.of(new Is(new JobState.Lost("its machine went away: " + message)));
        if ("Failed".equals(status.getPhase()) && (REFUSED_BY_NODE.contains(reason) || reason.startsWith("OutOf")))
            return Optional.of(new Is(new JobState.NeverStarted("its machine refused it: " + message)));
        Optional<Reading> disrupted = podCondition(pod, "DisruptionTarget").map(Reading::disrupted);
        if (disrupted.isPresent()) return disrupted;
        Optional<Reading> exited =
                statuses(pod).flatMap(each -> exited(pod, each).stream()).findFirst();
        if (exited.isPresent()) return exited;
        if (podCondition(pod, "PodScheduled", "False").isPresent()) return Optional.of(unscheduled(pod, elsewhere));
        Optional<Reading> waiting =
                statuses(pod).flatMap(each -> waiting(each).stream()).findFirst();
        if (waiting.isPresent()) return waiting;
        if (wasStarted(pod))
            return Optional.of(new Is(new JobState.Running(new PodMark(
                    Objects.requireNonNullElse(pod.getSpec().getNodeName(), ""),
                    ImageDigest.of(pod).orElse(null)))));
        return Optional.of(
                new Waits(
                        Patience.SETTING_UP,
                        "its pod is being set up",
                        new JobState.NeverStarted(
                                "its pod did not come up; its events say why, such as a missing volume or a Secret that is not there")));
    }

    private static JobState evicted(String message) {
        boolean byItself = Stream.of("exceed", "Usage of EmptyDir").anyMatch(message::contains)
                && !message.contains("node was low");
        return byItself
                ? new JobState.OverLimit("it filled more disk than a job may: " + message)
                : new JobState.Lost("its machine ran short and put it out: " + message);
    }

    private static Reading disrupted(V1PodCondition condition) {
        String reason = Objects.requireNonNullElse(condition.getReason(), "");
        String message = Objects.requireNonNullElse(condition.getMessage(), reason);
        return new Is(
                switch (reason) {
                    case "PreemptionByScheduler" ->
                        new JobState.Displaced("something more urgent took its machine: " + message);
                    case "EvictionByEvictionAPI" ->
                        new JobState.Displaced("somebody is emptying its machine: " + message);
                    case "TerminationByKubelet" -> new JobState.Lost("its machine shut down or ran short: " + message);
                    default -> new JobState.Lost("its machine is gone: " + message);
                });
    }

    private static Reading unscheduled(V1Pod pod, boolean elsewhere) {
        String message = podCondition(pod, "PodScheduled", "False")
                .map(V1PodCondition::getMessage)
                .orElse("the scheduler gives no reason");
        if (!elsewhere) return new Waits(Patience.UNPLACED, "no machine is free for it: " + message, null);
        String why = "no machine is free for it but such where it failed before: " + message;
        return new Waits(Patience.ELSEWHERE, why, new JobState.NeverStarted(why));
    }

    private static Optional<Reading> exited(V1Pod pod, V1ContainerStatus status) {
        V1ContainerStateTerminated end =
                status.getState() == null ? null : status.getState().getTerminated();
        if (end == null || end.getExitCode() == 0 || wasTold(pod, end)) return Optional.empty();
        return Optional.of(new Exited(
                pod.getMetadata().getName(),
                status.getName(),
                end.getExitCode(),
                "OOMKilled".equals(end.getReason()),
                Objects.requireNonNullElse(end.getMessage(), "")));
    }

    /** A pod that is deleted has its commands ended by signals: it says nothing of them, and its Job says the rest. */
    private static boolean wasTold(V1Pod pod, V1ContainerStateTerminated end) {
        return pod.getMetadata().getDeletionTimestamp() != null
                && end.getExitCode() > SIGNALS
                && !"OOMKilled".equals(end.getReason());
    }

    private static Optional<Reading> waiting(V1ContainerStatus status) {
        V1ContainerState state = status.getState();
        V1ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
        if (waiting == null || waiting.getReason() == null) return Optional.empty();
        String why = status.getName() + " does not start: " + waiting.getReason() + " ("
                + Objects.requireNonNullElse(waiting.getMessage(), status.getImage()) + ")";
        if (HOPELESS.contains(waiting.getReason())) return Optional.of(new Is(new JobState.NeverStarted(why)));
        if (MENDABLE.contains(waiting.getReason()))
            return Optional.of(new Waits(Patience.STUCK, why, new JobState.NeverStarted(why)));
        return Optional.empty();
    }

    private static Stream<V1ContainerStatus> statuses(V1Pod pod) {
        V1PodStatus status = Objects.requireNonNull(pod.getStatus());
        return Stream.concat(
                Stream.ofNullable(status.getInitContainerStatuses()).flatMap(List::stream),
                Stream.ofNullable(status.getContainerStatuses()).flatMap(List::stream));
    }

    private static Optional<V1PodCondition> podCondition(V1Pod pod, String type) {
        return podCondition(pod, type, "True");
    }

    private static Optional<V1PodCondition> podCondition(V1Pod pod, String type, String status) {
        return Stream.ofNullable(pod.getStatus().getConditions())
                .flatMap(List::stream)
                .filter(condition -> type.equals(condition.getType()) && status.equals(condition.getStatus()))
                .findFirst();
    }
}
