package dev.alts.agent.credentials;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.TrustDocument;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * When the trust document taints an authority, whoever holds a certificate of it asks for a new one
 * at once, spread over a short time (handshake.md section 2).
 */
public final class TaintedAuthorities implements BiConsumer<DomainState, DomainState> {
  private final CredentialCache cache;
  private final LiveCredential machine;
  private final Duration spread;

  public TaintedAuthorities(CredentialCache cache, LiveCredential machine, Duration spread) {
    this.cache = cache;
    this.machine = machine;
    this.spread = spread;
  }

  @Override
  public void accept(DomainState before, DomainState after) {
    Set<Bytes> newlyTainted = tainted(after.own().trust().document());
    newlyTainted.removeAll(tainted(before.own().trust().document()));
    if (newlyTainted.isEmpty()) {
      return;
    }
    Predicate<HeldCertificate> hit =
        certificate ->
            certificate
                .svid()
                .leaf()
                .certificate()
                .authorityKeyIdentifier()
                .map(newlyTainted::contains)
                .orElse(true);
    cache.credentials(hit).forEach(credential -> credential.askAgain(spread));
    if (machine.state() instanceof LiveCredential.Serving serving
        && hit.test(serving.certificate())) {
      machine.askAgain(spread);
    }
  }

  private static Set<Bytes> tainted(TrustDocument document) {
    return document.authorities().stream()
        .filter(authority -> authority.state() == AuthorityState.TAINTED)
        .map(authority -> authority.certificate().subjectKeyIdentifier())
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }
}
