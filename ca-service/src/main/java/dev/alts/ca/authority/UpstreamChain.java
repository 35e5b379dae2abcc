package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What an upstream CA has certified of an issuing authority. It goes to plain-TLS users behind the
 * leaf; who trusts whom here is the trust document's word alone.
 *
 * @param keyIdentifier of the authority, as its leaves name it
 * @param certificates DER: of the authority's key, then intermediates, each signed by the next
 * @param root DER; shown to admins, handed to nobody
 * @param notAfter the earliest end of all of them
 * @param installedBy the human
 */
public record UpstreamChain(
    UUID authority,
    Bytes keyIdentifier,
    List<Bytes> certificates,
    Bytes root,
    Instant notAfter,
    Instant installedAt,
    String installedBy) {
  private static final Duration LONGEST_WARNING = Duration.ofDays(30);

  public UpstreamChain {
    certificates = List.copyOf(certificates);
  }

  /** {@return the root's name as people read it} */
  public String rootName() {
    return AuthorityRows.certificate(root.toByteArray())
        .certificate()
        .x509()
        .getSubjectX500Principal()
        .getName();
  }

  boolean isOver(Instant now) {
    return !now.isBefore(notAfter);
  }

  /** {@return whether it is time to ask the upstream CA again: a month ahead, or a third of it} */
  boolean endsSoon(Instant now) {
    Duration third = Duration.between(installedAt, notAfter).dividedBy(3);
    Duration ahead = third.compareTo(LONGEST_WARNING) < 0 ? third : LONGEST_WARNING;
    return !now.isBefore(notAfter.minus(ahead));
  }
}
