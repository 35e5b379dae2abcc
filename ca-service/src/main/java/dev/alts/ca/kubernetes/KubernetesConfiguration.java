package dev.alts.ca.kubernetes;

import dev.alts.ca.exchange.ConfiguredIssuer;
import dev.alts.ca.exchange.ExchangeIssuer;
import dev.alts.ca.fetch.HttpsFetcher;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class KubernetesConfiguration {
  private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  /**
   * {@code alts.ca.kubernetes.api-server}: where pods are watched; {@code .token-file} and {@code
   * .ca-file}: of a pod's own service account if not given; {@code .cluster}: how rules and
   * machines' labels call it; {@code .pod-token.*}: without an API server pods are known by their
   * own tokens, of this issuer, for this audience, signed by this algorithm with a key of this file
   * or, without one, of the issuer's discovery document.
   */
  @Bean
  PodVerification podVerification(
      @Value("${alts.ca.kubernetes.api-server:}") String apiServer,
      @Value("${alts.ca.kubernetes.token-file:" + SERVICE_ACCOUNT + "token}") Path tokenFile,
      @Value("${alts.ca.kubernetes.ca-file:" + SERVICE_ACCOUNT + "ca.crt}") Path caFile,
      @Value("${alts.ca.kubernetes.cluster:kubernetes}") String cluster,
      @Value("${alts.ca.kubernetes.pod-token.issuer:}") String issuer,
      @Value("${alts.ca.kubernetes.pod-token.audience:}") String audience,
      @Value("${alts.ca.kubernetes.pod-token.algorithm:RS256}") String algorithm,
      @Value("${alts.ca.kubernetes.pod-token.jwks-file:}") String keySet,
      ObjectProvider<HttpsFetcher> fetcher,
      InstantSource clock) {
    PodTokens tokens =
        issuer.isBlank() ? null : tokens(issuer, audience, algorithm, keySet, fetcher, clock);
    if (apiServer.isBlank()) {
      return new PodVerification(cluster, null, tokens);
    }
    PodWatch watch = new PodWatch(new ApiServer(URI.create(apiServer), tokenFile, caFile));
    watch.start();
    return new PodVerification(cluster, watch, tokens);
  }

  private static PodTokens tokens(
      String url,
      String audience,
      String algorithm,
      String keySet,
      ObjectProvider<HttpsFetcher> fetcher,
      InstantSource clock) {
    ExchangeIssuer issuer;
    try {
      issuer = PodTokens.issuer(url, audience, algorithm);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("alts.ca.kubernetes.pod-token: " + e.getMessage(), e);
    }
    return new PodTokens(
        keySet.isBlank()
            ? ConfiguredIssuer.ofDiscovery(issuer, fetcher.getObject(), clock)
            : ConfiguredIssuer.ofKeySet(issuer, Path.of(keySet), clock));
  }
}
