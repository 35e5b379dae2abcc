/**
 * What a Kubernetes cluster says about pods, by its API server or by tokens that it has signed, so
 * that the CA need not believe an agent which pod a process runs in.
 *
 * <p>It decides whether a pod runs on a machine and what is to be known of it. It never sees rules,
 * identities or connections of agents. Start reading at {@link
 * dev.alts.ca.kubernetes.PodVerification}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"configuration", "exchange", "fetch"})
package dev.alts.ca.kubernetes;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
