/**
 * A Kubernetes cluster for tests, in the test's own process: the API over HTTP, a Job controller, a scheduler, and nodes whose containers
 * do what the test says. It must not know the server that is tested.
 *
 * <pre>{@code
 * try (var cluster = new FakeKubernetes()) {
 *     cluster.addNode(Node.gpu("one", "NVIDIA-H100-80GB-HBM3", 2));
 *     var jobs = new BatchV1Api(cluster.client());
 *     jobs.createNamespacedJob("default", job).execute();
 *     cluster.awaitContainer("default", "job-1", "train").exit(0);           // or kill(9), outOfMemory()
 *     Container score = cluster.awaitContainer("default", "job-1", "score");
 *     score.log("a line");
 *     score.exit(0);
 *     cluster.settle();                                                      // the Job is Complete
 *     cluster.evict("default", "job-2", "The node was low on resource: memory.");
 *     cluster.faults().next(2, "create", "jobs", Fault.tooManyRequests(Duration.ofSeconds(1)));
 *     cluster.advance(Duration.ofMinutes(5));                                // deadlines, times to live
 *     cluster.containers(container -> container.exitAfter(Duration.ofSeconds(30), 0));  // or new ChildProcesses(…)
 *     cluster.traffic().of("create jobs").calls();
 * }
 * }</pre>
 */
@NullMarked
package touchstone.kubernetes.fake;

import org.jspecify.annotations.NullMarked;
