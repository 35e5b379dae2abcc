package dev.alts.cli.home;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.X509Svid;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;

/**
 * A human who is logged in: the CA that vouches for them, the root that it is pinned to, and two
 * certificates with keys that never left this machine. The master signs handshake certificates and
 * nothing else; the other one is for TLS to the CA.
 */
public final class Login {
  private final CaAddresses ca;
  private final RootFingerprint root;
  private final Bytes trustDocument;
  private final SpiffeId spiffeId;
  private final Instant notAfter;
  private final X509Svid master;
  private final X509Svid tls;

  /**
   * A login.
   *
   * @param trustDocument the encoded SignedDocument that {@code root} vouches for
   */
  public Login(
      CaAddresses ca,
      RootFingerprint root,
      Bytes trustDocument,
      SpiffeId spiffeId,
      Instant notAfter,
      X509Svid master,
      X509Svid tls) {
    this.ca = ca;
    this.root = root;
    this.trustDocument = trustDocument;
    this.spiffeId = spiffeId;
    this.notAfter = notAfter;
    this.master = master;
    this.tls = tls;
  }

  public CaAddresses ca() {
    return ca;
  }

  public RootFingerprint root() {
    return root;
  }

  /** {@return the encoded SignedDocument} */
  public Bytes trustDocument() {
    return trustDocument;
  }

  /** {@return the trust document, verified again against the pinned root} */
  public TrustDocument trust() {
    try {
      return TrustDocument.open(SignedDocument.parseFrom(trustDocument.asByteBuffer()), root);
    } catch (InvalidDocumentException | InvalidProtocolBufferException e) {
      throw new IllegalStateException("the login's trust document is damaged; log in again", e);
    }
  }

  /**
   * {@return this login, which trusts a newer document}
   *
   * @param document verified as one that follows the present one
   * @param encoded the SignedDocument that it was read from
   */
  public Login trusting(TrustDocument document, Bytes encoded) {
    return new Login(ca, document.rootFingerprint(), encoded, spiffeId, notAfter, master, tls);
  }

  public SpiffeId spiffeId() {
    return spiffeId;
  }

  public Instant notAfter() {
    return notAfter;
  }

  public X509Svid master() {
    return master;
  }

  public X509Svid tls() {
    return tls;
  }

  @Override
  public String toString() {
    return "Login[%s at %s until %s, keys redacted]".formatted(spiffeId, ca, notAfter);
  }
}
