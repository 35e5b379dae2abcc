package dev.alts.agent.upstream;

import dev.alts.agent.credentials.DomainState;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Accepts the CA and nobody else: an SVID for {@code /ca} of our own trust domain. */
public final class CaTrust {
  private static final String CA_PATH = "/ca";
  private static final Instant LAST_DAY = Instant.parse("9999-12-31T23:59:59Z");

  private final PeerVerifier verifier = new PeerVerifier();
  private final InstantSource clock;

  public CaTrust(InstantSource clock) {
    this.clock = clock;
  }

  /** {@return the CA as the newest documents vouch for it} */
  public X509ExtendedTrustManager accordingTo(Supplier<DomainState> state) {
    return manager(
        () -> {
          DomainState current = state.get();
          return context(
              current.own().trust().document(),
              current.own().revocation() == null ? null : current.own().revocation().document());
        },
        () -> current(state));
  }

  /** {@return the CA as one trust document vouches for it} */
  X509ExtendedTrustManager accordingTo(TrustDocument document) {
    VerificationContext context = context(document, null);
    SpiffeId ca = SpiffeId.of(document.trustDomain(), CA_PATH);
    return manager(() -> context, () -> ca);
  }

  private static SpiffeId current(Supplier<DomainState> state) {
    return SpiffeId.of(state.get().own().trust().document().trustDomain(), CA_PATH);
  }

  private X509ExtendedTrustManager manager(
      Supplier<VerificationContext> context, Supplier<SpiffeId> ca) {
    return new SvidTrustManager(verifier, context, id -> id.equals(ca.get()), clock);
  }

  private static VerificationContext context(
      TrustDocument document, @Nullable RevocationList revocation) {
    return VerificationContext.ofOwn(
        new TrustedDomain(document, revocation == null ? null : withoutEnd(revocation)));
  }

  /**
   * {@return the same entries, for good} The CA is where the next list comes from: an agent that
   * did not talk to it because the last one has ended would never have another.
   */
  private static RevocationList withoutEnd(RevocationList list) {
    return new RevocationList(
        list.trustDomain(),
        list.trustDocumentSequence(),
        list.counter(),
        list.issuedAt(),
        list.freshFor(),
        LAST_DAY,
        list.entries());
  }
}
