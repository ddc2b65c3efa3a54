package touchstone.api.runner.kubernetes;

import java.util.Locale;
import java.util.stream.Stream;

/** What an operator does about a Job that a cluster does not take, or whose pod does not come up. */
final class Advice {
    private Advice() {}

    /** @param why in the cluster's words */
    static String on(String why, KubernetesConfig config) {
        String lower = why.toLowerCase(Locale.ROOT);
        String namespace = config.namespace();
        if (lower.contains("priorityclass"))
            return "Make it with kubectl apply -f k8s/base/jobs.yaml, or name one that is there in"
                    + " TOUCHSTONE_KUBERNETES_BOARD_PRIORITY and TOUCHSTONE_KUBERNETES_FINAL_PRIORITY";
        if (lower.contains("quota"))
            return "Raise the ResourceQuota (k8s/base/jobs.yaml), or try when fewer jobs are there: kubectl -n "
                    + namespace + " describe resourcequota";
        if (lower.contains("usage per container") || lower.contains("usage per pod"))
            return "Raise the LimitRange (k8s/base/jobs.yaml): kubectl -n " + namespace + " describe limitrange";
        if (lower.contains("namespaces \"" + namespace + "\" not found"))
            return "Make it with kubectl apply -f k8s/base/namespaces.yaml, or name another in"
                    + " TOUCHSTONE_KUBERNETES_NAMESPACE";
        if (lower.contains("configmap") && config.ca() != null)
            return "Make it with kubectl -n " + namespace + " create configmap " + config.ca() + " --from-file=ca.crt";
        if (lower.contains("multi-attach") && config.cache() != null)
            return "Let several nodes write the claim " + config.cache()
                    + ": accessModes: [ReadWriteMany], on a storage class that has it (k8s/examples/cache.yaml)";
        if (lower.contains("persistentvolumeclaim") && config.cache() != null)
            return "Make the claim " + config.cache() + ": kubectl apply -f k8s/examples/cache.yaml";
        if (lower.contains("runtimeclass"))
            return "Make it (NVIDIA's GPU operator does), or name one that is there in"
                    + " TOUCHSTONE_KUBERNETES_RUNTIME_CLASS_NAME: kubectl get runtimeclasses";
        if (lower.contains("(pulling image"))
            return "Fetch the image to the nodes before a contest, or give jobs longer for it:"
                    + " TOUCHSTONE_KUBERNETES_SETTING_UP";
        if (Stream.of("image", "registry").anyMatch(lower::contains))
            return "Push the image, or write what the registry has into TOUCHSTONE_KUBERNETES_IMAGE (for a card:"
                    + " …_CUDA_IMAGE) as NAME@sha256:…; a registry that wants a password needs an imagePullSecret at the"
                    + " ServiceAccount default of " + namespace;
        if (lower.contains("no machine is free"))
            return "Add a node, or free one: kubectl describe nodes says what is left on each, and which taints keep jobs"
                    + " away";
        if (lower.contains("cluster's queue"))
            return "Look what Kueue says: kubectl -n " + namespace
                    + " get workloads,localqueues; its ClusterQueue must cover cpu, memory, ephemeral-storage and the"
                    + " card";
        return "Its events say more: kubectl -n " + namespace + " get events --sort-by=.lastTimestamp";
    }
}
