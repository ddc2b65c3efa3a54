/**
 * Jobs on a Kubernetes cluster: one Job an attempt, made, watched and deleted through the official client. What the cluster
 * says is a hint, the database is the truth; so everything here may be forgotten and is found again.
 */
@NullMarked
package touchstone.api.runner.kubernetes;

import org.jspecify.annotations.NullMarked;
