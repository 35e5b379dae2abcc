package dev.alts.ca.kubernetes;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class KubernetesConfiguration {
  private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  /**
   * {@code alts.ca.kubernetes.api-server}: without it there are no {@code verified.k8s.*}; {@code
   * .token-file} and {@code .ca-file}: of a pod's own service account if not given; {@code
   * .cluster}: how rules and machines' labels call it.
   */
  @Bean
  PodVerification podVerification(
      @Value("${alts.ca.kubernetes.api-server:}") String apiServer,
      @Value("${alts.ca.kubernetes.token-file:" + SERVICE_ACCOUNT + "token}") Path tokenFile,
      @Value("${alts.ca.kubernetes.ca-file:" + SERVICE_ACCOUNT + "ca.crt}") Path caFile,
      @Value("${alts.ca.kubernetes.cluster:kubernetes}") String cluster) {
    if (apiServer.isBlank()) {
      return new PodVerification(cluster, null);
    }
    PodWatch watch = new PodWatch(new ApiServer(URI.create(apiServer), tokenFile, caFile));
    watch.start();
    return new PodVerification(cluster, watch);
  }
}
