package touchstone.api.runner.kubernetes;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.bind.annotation.Bindable;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How jobs are run on a cluster.
 *
 * @param namespace of the jobs; nothing else should be in it
 * @param server where jobs reach this house; https, since hidden data travels
 * @param image the evaluator, best by digest
 * @param cudaImage the evaluator with CUDA's libraries; null = this house judges no recipe that wants a GPU
 * @param ca a ConfigMap in the namespace whose {@code ca.crt} is the authority that signed the server's certificate; null =
 *     the server's certificate is signed by one that everybody trusts
 * @param cache a PersistentVolumeClaim in the namespace where the tasks' files stay; null = each job fetches them
 * @param queue a LocalQueue of Kueue; null = jobs start at once
 * @param jobs that this house has on the cluster at a time
 * @param boardPriority a PriorityClass for jobs; null = none
 * @param finalPriority a PriorityClass for jobs of a final
 * @param gpuResource what the cluster calls a GPU, where a recipe does not say
 * @param tolerations of jobs that want a GPU, as {@code kubectl taint} writes taints: {@code key[=value][:effect]}
 * @param runtimeClassName a RuntimeClass for jobs that want a GPU, such as {@code nvidia}; null = the nodes' own runtime gives
 *     containers their GPU
 * @param kubeconfig a file that says how the cluster is reached; null = this server runs in it
 * @param queued for which a job may wait for a machine before it is made anew
 * @param settingUp a pod that has a machine and does not come up for so long is given up; a large image takes its time
 * @param stuck a pod whose machine says what keeps it, such as an image that cannot be had, for so long is given up
 * @param told a job that waits for so long tells why
 * @param compare between two full comparisons with the cluster; between them, its events are believed
 * @param scratchMegabytes of disk that a command may fill
 */
@ConfigurationProperties("touchstone.kubernetes")
@Requires(property = "touchstone.runner", value = KubernetesRunner.NAME)
public record KubernetesConfig(
        @Bindable(defaultValue = "touchstone-jobs") String namespace,
        URI server,
        String image,
        @Nullable String cudaImage,
        @Nullable String ca,
        @Nullable String cache,
        @Nullable String queue,
        @Bindable(defaultValue = "8") int jobs,
        @Nullable String boardPriority,
        @Nullable String finalPriority,
        @Bindable(defaultValue = "nvidia.com/gpu") String gpuResource,

        @Bindable(defaultValue = "nvidia.com/gpu:NoSchedule")
        List<String> tolerations,

        @Nullable String runtimeClassName,
        @Nullable String kubeconfig,
        @Bindable(defaultValue = "PT24H") Duration queued,
        @Bindable(defaultValue = "PT30M") Duration settingUp,
        @Bindable(defaultValue = "PT3M") Duration stuck,
        @Bindable(defaultValue = "PT2M") Duration told,
        @Bindable(defaultValue = "PT3M") Duration compare,
        @Bindable(defaultValue = "4096") int scratchMegabytes) {

    public KubernetesConfig {
        tolerations = List.copyOf(tolerations);
        if (server.getHost() == null)
            throw wrong("server", server, "an address, such as https://touchstone.touchstone.svc:8443");
        if (!server.getScheme().equals("https") && !isThisMachine(server.getHost()))
            throw wrong("server", server, "an address that begins with https://, since the hidden test travels to it");
        if (jobs < 1) throw wrong("jobs", jobs, "1 or more");
    }

    private static boolean isThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static IllegalArgumentException wrong(String name, Object value, String instead) {
        return new IllegalArgumentException("touchstone.kubernetes." + name + " is '" + value + "'; write " + instead);
    }
}
