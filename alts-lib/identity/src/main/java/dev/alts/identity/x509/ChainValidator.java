package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Validates the path from a certificate to one given authority (RFC 5280 section 6). No revocation
 * of X.509's own kind is looked at, as SPIFFE has none and ours is signed lists. Certificate
 * policies are only the JDK's affair, with no policy demanded. What the time is, is the caller's
 * affair, with the {@link Validity} that comes back. Remembers one authority's decoded key and
 * nothing else; thread-safe.
 */
public final class ChainValidator {
  private static final List<String> JDK_ONLY =
      List.of(
          Oids.NAME_CONSTRAINTS,
          Oids.CERTIFICATE_POLICIES,
          Oids.POLICY_MAPPINGS,
          Oids.POLICY_CONSTRAINTS,
          Oids.INHIBIT_ANY_POLICY);

  private final EcdsaP256 ecdsa;

  /** Nearly all certificates are by the same authority, and decoding its key takes a while. */
  private volatile @Nullable DecodedKey lastKey;

  /** No record: those hold no keys. */
  private static final class DecodedKey {
    private final Bytes spki;
    private final PublicKey key;

    DecodedKey(Bytes spki, PublicKey key) {
      this.spki = spki;
      this.key = key;
    }
  }

  public ChainValidator(EcdsaP256 ecdsa) {
    this.ecdsa = ecdsa;
  }

  /**
   * {@return the time in which everything on the path is valid at once; never empty}
   *
   * @param chain leaf first, without the authority
   */
  public Validity validate(List<StrictCertificate> chain, AuthorityCertificate authority)
      throws InvalidCertificateException {
    List<StrictCertificate> path = path(chain, authority);
    PathRules.require(path);
    Validity validity = validity(path);
    if (isPlain(path)) {
      requireSignature(chain.getFirst(), authority);
    } else {
      requireAcceptedByJdk(path, validity);
    }
    return validity;
  }

  /**
   * {@return the time in which all issuers are valid at once, if certificates like {@code shape}
   * would be accepted under them}
   *
   * @param shape a certificate as the first issuer makes them; its own signature and its time are
   *     not looked at
   * @param issuers the one that signs leaves first, without the authority
   */
  public Validity validateIssuers(
      StrictCertificate shape, List<StrictCertificate> issuers, AuthorityCertificate authority)
      throws InvalidCertificateException {
    List<StrictCertificate> whole = path(issuers, authority);
    whole.addFirst(shape);
    PathRules.require(whole);
    return validate(issuers, authority);
  }

  /** {@return as {@link #validate}, by the JDK's validator even where ours would be faster} */
  Validity validateByJdk(List<StrictCertificate> chain, AuthorityCertificate authority)
      throws InvalidCertificateException {
    List<StrictCertificate> path = path(chain, authority);
    PathRules.require(path);
    Validity validity = validity(path);
    requireAcceptedByJdk(path, validity);
    return validity;
  }

  private static List<StrictCertificate> path(
      List<StrictCertificate> chain, AuthorityCertificate authority)
      throws InvalidCertificateException {
    if (chain.isEmpty()) {
      throw new InvalidCertificateException("chain: empty");
    }
    List<StrictCertificate> path = new ArrayList<>(chain);
    path.add(authority.certificate());
    return path;
  }

  private static Validity validity(List<StrictCertificate> path)
      throws InvalidCertificateException {
    Validity validity =
        path.stream().map(Validity::of).reduce(Validity::intersection).orElseThrow();
    if (validity.isEmpty()) {
      throw new InvalidCertificateException("chain: never valid all at once");
    }
    return validity;
  }

  /** {@return whether our own rules and one signature are all that there is to check} */
  private static boolean isPlain(List<StrictCertificate> path) {
    return path.size() == 2
        && Algorithms.isEcdsaSha256(path.getFirst())
        && EcdsaP256.isKeyOfP256(path.getLast().spki())
        && path.stream()
            .allMatch(certificate ->
                JDK_ONLY.stream().allMatch(oid -> certificate.extension(oid).isEmpty()));
  }

  private void requireSignature(StrictCertificate leaf, AuthorityCertificate authority)
      throws InvalidCertificateException {
    boolean good;
    try {
      PublicKey key = decoded(authority.spki());
      Bytes signature = leaf.parts().signature();
      good = ecdsa.verify(key, leaf.parts().tbs().toByteArray(), signature.toByteArray());
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("chain: the authority's key is unusable", e);
    }
    if (!good) {
      throw new InvalidCertificateException("chain: the signature does not verify");
    }
  }

  private PublicKey decoded(Bytes spki) {
    DecodedKey last = lastKey;
    if (last == null || !last.spki.equals(spki)) {
      last = new DecodedKey(spki, ecdsa.decodePublicKey(spki));
      lastKey = last;
    }
    return last.key;
  }

  /**
   * Only the authority's name and key are the JDK's anchor, since it ignores what an anchor's
   * certificate says about itself. What {@link PathRules} do not know of such statements, names of
   * hosts and mailboxes or policies, makes the certificate a part of the path instead.
   */
  private static void requireAcceptedByJdk(List<StrictCertificate> path, Validity validity)
      throws InvalidCertificateException {
    StrictCertificate last = path.getLast();
    boolean plainAnchor = JDK_ONLY.stream().allMatch(oid -> last.extension(oid).isEmpty());
    X509Certificate authority = last.x509();
    List<X509Certificate> certificates =
        path.subList(0, plainAnchor ? path.size() - 1 : path.size()).stream()
            .map(StrictCertificate::x509)
            .toList();
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              Set.of(
                  new TrustAnchor(
                      authority.getSubjectX500Principal(), authority.getPublicKey(), null)));
      parameters.setRevocationEnabled(false);
      // Any time in it will do: what the time really is, skew allowed for, the caller decides.
      parameters.setDate(Date.from(validity.notBefore()));
      var unused =
          CertPathValidator.getInstance("PKIX", "SUN")
              .validate(
                  CertificateFactory.getInstance("X.509", "SUN").generateCertPath(certificates),
                  parameters);
    } catch (CertPathValidatorException e) {
      throw new InvalidCertificateException("chain: refused by the JDK: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new InvalidCertificateException("chain: the JDK cannot judge it", e);
    }
  }
}
