package dev.alts.agent.credentials;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.TrustDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * When the trust document taints an authority, whoever holds a certificate of it asks for a new one
 * at once, spread over the time that the CA set (handshake.md section 2).
 *
 * <p>It looks at every tick and not only when the document changes: a replica of the CA that had
 * yet to hear of the change may have issued under the old authority just before.
 */
public final class TaintedAuthorities {
  private final DomainStateSource domain;
  private final CredentialCache cache;
  private final LiveCredential machine;
  private final Supplier<Duration> spread;

  /** Certificates that are being replaced already; each is asked about once. */
  private final Set<HeldCertificate> asked = new HashSet<>();

  /**
   * @param spread read at the time of a taint
   */
  public TaintedAuthorities(
      DomainStateSource domain,
      CredentialCache cache,
      LiveCredential machine,
      Supplier<Duration> spread) {
    this.domain = domain;
    this.cache = cache;
    this.machine = machine;
    this.spread = spread;
  }

  /** Has everything asked for anew that rests on a tainted authority. */
  public synchronized void tick() {
    Set<Bytes> tainted = tainted(domain.get().own().trust().document());
    List<LiveCredential> held = new ArrayList<>(cache.credentials(certificate -> true));
    held.add(machine);
    Set<HeldCertificate> stillHeld = new HashSet<>();
    for (LiveCredential credential : held) {
      if (credential.state() instanceof LiveCredential.Serving serving) {
        HeldCertificate certificate = serving.certificate();
        stillHeld.add(certificate);
        if (isOf(certificate, tainted) && asked.add(certificate)) {
          credential.askAgain(spread.get());
        }
      }
    }
    asked.retainAll(stillHeld);
  }

  private static boolean isOf(HeldCertificate certificate, Set<Bytes> tainted) {
    return !tainted.isEmpty()
        && certificate
            .svid()
            .leaf()
            .certificate()
            .authorityKeyIdentifier()
            .map(tainted::contains)
            .orElse(true);
  }

  private static Set<Bytes> tainted(TrustDocument document) {
    return document.authorities().stream()
        .filter(authority -> authority.state() == AuthorityState.TAINTED)
        .map(authority -> authority.certificate().subjectKeyIdentifier())
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }
}
