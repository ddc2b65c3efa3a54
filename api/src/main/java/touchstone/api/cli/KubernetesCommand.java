package touchstone.api.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.EnvironmentPropertySource;
import io.micronaut.context.exceptions.BeanContextException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import touchstone.api.runner.kubernetes.ClusterCheck;
import touchstone.api.runner.kubernetes.Finding;
import touchstone.api.runner.kubernetes.KubernetesConfig;
import touchstone.api.runner.kubernetes.KubernetesRunner;

/** What an operator does with a cluster. */
@Command(
        name = "k8s",
        description = "What an operator does with a Kubernetes cluster.",
        subcommands = KubernetesCommand.Check.class)
final class KubernetesCommand {
    private static final String SETTINGS = "touchstone.kubernetes.";

    private KubernetesCommand() {}

    @Command(
            name = "check",
            description =
                    "Says what is wrong with a cluster before a contest does. Reads the server's settings from the"
                            + " environment (TOUCHSTONE_KUBERNETES_…), which options go before. Ends with 0 when nothing is"
                            + " wrong, else with 1. Makes a Job and deletes it, after 3 minutes at most, or so long as jobs may"
                            + " wait while a machine fetches the image.")
    static final class Check implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec command;

        @Option(
                names = "--kubeconfig",
                paramLabel = "FILE",
                description = "How the cluster is reached; without it as a pod in it.")
        private @Nullable Path kubeconfig;

        @Option(names = "--namespace", paramLabel = "NAME", description = "Of the jobs.")
        private @Nullable String namespace;

        @Option(names = "--server", paramLabel = "URL", description = "Where jobs reach the server.")
        private @Nullable String server;

        @Option(names = "--image", paramLabel = "NAME", description = "The evaluator's, best by digest.")
        private @Nullable String image;

        @Option(names = "--cuda-image", paramLabel = "NAME", description = "The evaluator's for recipes with a card.")
        private @Nullable String cudaImage;

        @Option(
                names = "--gpu-resource",
                paramLabel = "NAME",
                description =
                        "What recipes ask for: a slice, such as nvidia.com/mig-1g.10gb, where a recipe names one.")
        private @Nullable String gpuResource;

        @Option(
                names = "--gpu-product",
                paramLabel = "LABEL",
                description = "The card that recipes name, such as NVIDIA-H100-80GB-HBM3.")
        private @Nullable String gpuProduct;

        @Option(
                names = "--as",
                paramLabel = "ACCOUNT",
                description = "Looks at the rights of this account and makes the Job as it, such as"
                        + " system:serviceaccount:touchstone:touchstone; yours must be allowed to impersonate it, and"
                        + " looks at nodes and the namespace.")
        private @Nullable String account;

        @Option(names = "--json", description = "All findings in one object, for programs.")
        private boolean json;

        @Override
        public Integer call() {
            ClusterCheck check = check();
            List<Finding> findings = new ArrayList<>();
            check.run(
                    finding -> {
                        findings.add(finding);
                        if (!json) System.out.println(line(finding));
                    },
                    System.err::println);
            if (json) System.out.println(document(findings));
            return isWell(findings) ? Exit.DONE : Exit.REFUSED;
        }

        private ClusterCheck check() {
            Map<String, Object> given = given();
            // The settings alone, without the parts of a server that they are for.
            try (ApplicationContext context = ApplicationContext.builder()
                    .deduceEnvironment(false)
                    .banner(false)
                    .enableDefaultPropertySources(false)
                    .propertySources(new EnvironmentPropertySource())
                    .properties(given)
                    .start()) {
                require(context, "server", "Where do jobs reach the server? Write --server", "https://…");
                require(context, "image", "Which image runs jobs? Write --image", "NAME");
                return new ClusterCheck(
                        config(context),
                        account,
                        gpuProduct,
                        context.getProperty("touchstone.judging.deadline", Duration.class)
                                .orElse(Duration.ofHours(1)),
                        context.getProperty("touchstone.judging.memory-megabytes", Long.class)
                                        .orElse(3072L)
                                << 20);
            } catch (UncheckedIOException e) {
                throw usage("Which cluster? Write --kubeconfig FILE, or run this in a pod: " + e.getMessage());
            }
        }

        private Map<String, Object> given() {
            Map<String, Object> given = new LinkedHashMap<>();
            given.put("touchstone.runner", KubernetesRunner.NAME);
            if (kubeconfig != null) given.put(SETTINGS + "kubeconfig", kubeconfig.toString());
            if (namespace != null) given.put(SETTINGS + "namespace", namespace);
            if (server != null) given.put(SETTINGS + "server", server);
            if (image != null) given.put(SETTINGS + "image", image);
            if (cudaImage != null) given.put(SETTINGS + "cuda-image", cudaImage);
            if (gpuResource != null) given.put(SETTINGS + "gpu-resource", gpuResource);
            return given;
        }

        private void require(ApplicationContext context, String setting, String question, String example) {
            if (!context.containsProperty(SETTINGS + setting))
                throw usage(question + " " + example + ", or set TOUCHSTONE_KUBERNETES_"
                        + setting.toUpperCase(Locale.ROOT) + ".");
        }

        private KubernetesConfig config(ApplicationContext context) {
            try {
                return context.getBean(KubernetesConfig.class);
            } catch (BeanContextException e) {
                for (Throwable cause = e; cause != null; cause = cause.getCause())
                    if (cause instanceof IllegalArgumentException) throw usage(String.valueOf(cause.getMessage()));
                throw e;
            }
        }

        private ParameterException usage(String sentence) {
            if (command == null) throw new IllegalStateException("not part of a command");
            return new ParameterException(command.commandLine(), sentence);
        }
    }

    private static boolean isWell(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.outcome() == Finding.Outcome.WRONG);
    }

    private static String line(Finding finding) {
        return "%-9s  %-12s %s".formatted(word(finding), finding.check(), finding.sentence());
    }

    private static String word(Finding finding) {
        return switch (finding.outcome()) {
            case OK -> "ok";
            case WRONG -> "wrong";
            case NOT_KNOWN -> "not known";
        };
    }

    private static ObjectNode document(List<Finding> findings) {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("well", isWell(findings));
        ArrayNode list = document.putArray("findings");
        for (Finding finding : findings)
            list.addObject()
                    .put("check", finding.check())
                    .put("outcome", word(finding))
                    .put("sentence", finding.sentence());
        return document;
    }
}
