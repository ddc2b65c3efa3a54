package touchstone.kubernetes.fake;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.RbacAuthorizationV1Api;
import io.kubernetes.client.openapi.models.AuthenticationV1TokenRequest;
import io.kubernetes.client.openapi.models.RbacV1Subject;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PolicyRule;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1RoleRef;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1TokenRequestSpec;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.credentials.AccessTokenAuthentication;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * The contract on a real cluster, in a namespace of its own: it keeps the fake honest. It runs when the environment names a kubeconfig
 * (docs/testing.md).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnRealCluster extends KubernetesContract {
    static final String KUBECONFIG = "TOUCHSTONE_TEST_KUBECONFIG";
    private static final String ACCOUNT = "of-jobs";

    private ApiClient client;

    @BeforeAll
    void start() throws Exception {
        client = builder().build();
        createNamespace(namespace, Map.of(), null);
        await(
                () -> core().listNamespacedServiceAccount(namespace).execute().getItems(),
                accounts -> !accounts.isEmpty());
    }

    @AfterAll
    void stop() throws Exception {
        deleteNamespace(namespace);
    }

    private static ClientBuilder builder() throws Exception {
        Path file = Path.of(System.getenv(KUBECONFIG));
        try (Reader reader = Files.newBufferedReader(file)) {
            KubeConfig config = KubeConfig.loadKubeConfig(reader);
            config.setFile(file.toFile());
            return ClientBuilder.kubeconfig(config);
        }
    }

    @Override
    ApiClient client() {
        return client;
    }

    @Override
    ApiClient client(String token) {
        try {
            return builder()
                    .setAuthentication(new AccessTokenAuthentication(token))
                    .build();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    ApiClient clientOfJobsAlone() throws Exception {
        boolean isAbsent = core().listNamespacedServiceAccount(namespace)
                .fieldSelector("metadata.name=" + ACCOUNT)
                .execute()
                .getItems()
                .isEmpty();
        if (isAbsent) {
            makeAccount();
        }
        return client(core().createNamespacedServiceAccountToken(
                        ACCOUNT,
                        namespace,
                        new AuthenticationV1TokenRequest()
                                .spec(new V1TokenRequestSpec()
                                        .audiences(List.of())
                                        .expirationSeconds(3_600L)))
                .execute()
                .getStatus()
                .getToken());
    }

    private void makeAccount() throws Exception {
        var rbac = new RbacAuthorizationV1Api(client);
        V1ObjectMeta meta = new V1ObjectMeta().name(ACCOUNT);
        core().createNamespacedServiceAccount(namespace, new V1ServiceAccount().metadata(meta))
                .execute();
        rbac.createNamespacedRole(
                        namespace,
                        new V1Role()
                                .metadata(meta)
                                .addRulesItem(new V1PolicyRule()
                                        .apiGroups(List.of("batch"))
                                        .resources(List.of("jobs"))
                                        .verbs(List.of("*"))))
                .execute();
        rbac.createNamespacedRoleBinding(
                        namespace,
                        new V1RoleBinding()
                                .metadata(meta)
                                .roleRef(new V1RoleRef()
                                        .apiGroup("rbac.authorization.k8s.io")
                                        .kind("Role")
                                        .name(ACCOUNT))
                                .addSubjectsItem(new RbacV1Subject()
                                        .kind("ServiceAccount")
                                        .name(ACCOUNT)
                                        .namespace(namespace)))
                .execute();
    }

    @Override
    void pass(Duration time) {
        // It passes by itself.
    }
}
