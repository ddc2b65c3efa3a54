package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One running container of one pod: what it was told to do, and the ways in which its work ends. */
public final class Container {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\(([-._a-zA-Z0-9]+)\\)");

    /** What a kubelet keeps of a termination message, in bytes. */
    private static final int MESSAGE_MAX = 4_096;

    sealed interface State {
        record Waiting(String reason, @Nullable String message) implements State {}

        record Running(Instant since) implements State {}

        record Terminated(
                int exitCode, String reason, @Nullable String message, Instant started, Instant finished)
                implements State {}
    }

    private final Kubelet kubelet;
    private final PodWork pod;
    private final JsonObject spec;
    private final PodLog log = new PodLog();
    private final List<Runnable> onStop = new ArrayList<>();
    private State state;
    private @Nullable String message;
    private boolean stopped;

    Container(Kubelet kubelet, PodWork pod, JsonObject spec, State state) {
        this.kubelet = kubelet;
        this.pod = pod;
        this.spec = spec;
        this.state = state;
    }

    public String namespace() {
        return pod.namespace();
    }

    /** The pod's name. */
    public String pod() {
        return pod.name();
    }

    /** The name of the Job whose pod it is, empty where it is nobody's. */
    public String job() {
        return pod.job();
    }

    public String name() {
        return Json.string(spec, "name");
    }

    public String image() {
        return Json.string(spec, "image");
    }

    /** The name of the node it runs on. */
    public String node() {
        return pod.node();
    }

    /** {@code command} and {@code args} in one, with what the environment says for each {@code $(NAME)} that it knows. */
    public List<String> command() {
        var all = new ArrayList<>(Json.strings(spec, "command"));
        all.addAll(Json.strings(spec, "args"));
        Map<String, String> environment = environment();
        return all.stream().map(word -> expanded(word, environment)).toList();
    }

    private static String expanded(String word, Map<String, String> environment) {
        return VARIABLE.matcher(word)
                .replaceAll(found -> Matcher.quoteReplacement(environment.getOrDefault(found.group(1), found.group())));
    }

    /** Its environment, with what comes from Secrets and from the pod's own fields. */
    public Map<String, String> environment() {
        return kubelet.volumes().environment(pod.find(), spec);
    }

    /** The folder that stands for this mount path: an empty one that the pod's containers share, or the files of a Secret. */
    public Path folder(String mountPath) {
        return kubelet.volumes().folder(pod.find(), spec, mountPath);
    }

    /** The text with every mount path in it replaced by {@link #folder}, and the path of the termination message by a file's. */
    public String localized(String text) {
        return kubelet.volumes().localized(pod.find(), spec, text);
    }

    /** Writes a line to its log. */
    public void log(String line) {
        log.add(kubelet.now(), line);
    }

    /** What it leaves in {@code /dev/termination-log}; told when it ends, its first 4,096 bytes. */
    public void terminationMessage(String text) {
        message = text.substring(0, Math.min(text.length(), MESSAGE_MAX));
    }

    /** Ends with this code. */
    public void exit(int code) {
        kubelet.soon(() -> kubelet.ended(this, code, code == 0 ? "Completed" : "Error"));
    }

    /** Ends with this code when so much of the cluster's time has passed. */
    public void exitAfter(Duration time, int code) {
        kubelet.after(time, () -> kubelet.ended(this, code, code == 0 ? "Completed" : "Error"));
    }

    /** Is killed by this signal from inside, such as 11. */
    public void kill(int signal) {
        exit(128 + signal);
    }

    /** Is killed because it took more memory than its limit. */
    public void outOfMemory() {
        kubelet.soon(() -> kubelet.ended(this, 137, "OOMKilled"));
    }

    /** Is called when the container has ended, whoever ended it: what does its work must not go on. At once where that is so already. */
    public void onStop(Runnable action) {
        synchronized (onStop) {
            if (!stopped) {
                onStop.add(action);
                return;
            }
        }
        action.run();
    }

    /** Takes the termination message from its file, where the work has written one. */
    void readTerminationMessage() {
        Optional<Path> file = kubelet.volumes().writtenMessage(pod.find(), spec);
        try {
            if (file.isPresent()) {
                terminationMessage(Files.readString(file.get()));
            }
        } catch (IOException e) {
            log("the termination message cannot be read: " + e.getMessage());
        }
    }

    PodWork work() {
        return pod;
    }

    JsonObject spec() {
        return spec;
    }

    PodLog log() {
        return log;
    }

    State state() {
        return state;
    }

    void waits(String reason, @Nullable String why) {
        state = new State.Waiting(reason, why);
    }

    void runs(Instant now) {
        state = new State.Running(now);
    }

    /** What does its work is told, whichever way it ended: a process that is killed for its memory does not run on. */
    void ends(int code, String reason, Instant now) {
        Instant started = state instanceof State.Running(Instant since) ? since : now;
        state = new State.Terminated(code, reason, message, started, now);
        log.close();
        List<Runnable> actions;
        synchronized (onStop) {
            stopped = true;
            actions = List.copyOf(onStop);
        }
        actions.forEach(Runnable::run);
    }

    /** The node ends it. */
    void stop(Instant now) {
        if (state instanceof State.Running) {
            ends(137, "Error", now);
        }
    }
}
