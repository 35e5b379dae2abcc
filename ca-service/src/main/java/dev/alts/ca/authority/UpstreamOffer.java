package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;

/**
 * What an admin brings from an upstream CA: the certificate of an authority's key, intermediates,
 * and the root last. It has the right form; nothing of it is verified yet.
 *
 * @param issuers the authority's certificate first, without the root
 */
public record UpstreamOffer(List<StrictCertificate> issuers, AuthorityCertificate root) {
  /** Every handshake of a plain-TLS user carries all but the root. */
  static final int MAX_CERTIFICATES = 5;

  static final int MAX_CHARS = 32 * 1024;

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final String ANY_LABEL = "-----";

  public UpstreamOffer {
    issuers = List.copyOf(issuers);
  }

  /**
   * {@return what the PEM text holds}
   *
   * @throws IllegalArgumentException if it is not what it should be; the message says why
   */
  public static UpstreamOffer parse(String pem) {
    if (pem.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "chain: %d characters (expected: at most %d)".formatted(pem.length(), MAX_CHARS));
    }
    List<StrictCertificate> certificates = new ArrayList<>();
    for (Bytes der : blocks(pem)) {
      try {
        certificates.add(StrictCertificate.parse(der));
      } catch (InvalidCertificateException e) {
        throw refused(certificates.size() + 1, e);
      }
    }
    if (certificates.size() < 2 || certificates.size() > MAX_CERTIFICATES) {
      throw new IllegalArgumentException(
          "chain: %d certificates (expected: the authority's, intermediates, the root last; 2 to %d)"
              .formatted(certificates.size(), MAX_CERTIFICATES));
    }
    if (new HashSet<>(certificates).size() < certificates.size()) {
      throw new IllegalArgumentException("chain: the same certificate twice");
    }
    try {
      return new UpstreamOffer(
          certificates.subList(0, certificates.size() - 1),
          AuthorityCertificate.parse(certificates.getLast().der()));
    } catch (InvalidCertificateException e) {
      throw new IllegalArgumentException(
          "chain: the last certificate is no root: " + e.getMessage(), e);
    }
  }

  /** {@return SHA-256 of the public key that the upstream CA has certified} */
  public Bytes authority() {
    return issuers.getFirst().spkiSha256();
  }

  /** Text around the blocks is allowed (RFC 7468 section 2); blocks of anything else are not. */
  private static List<Bytes> blocks(String pem) {
    List<Bytes> blocks = new ArrayList<>();
    StringBuilder block = null;
    for (String line : pem.lines().map(String::strip).toList()) {
      if (line.equals(BEGIN) && block == null) {
        block = new StringBuilder();
      } else if (line.equals(END) && block != null) {
        blocks.add(decoded(block.toString(), blocks.size() + 1));
        block = null;
      } else if (line.startsWith(ANY_LABEL)) {
        throw new IllegalArgumentException(
            "chain: another PEM block than CERTIFICATE, or one that is not closed, behind"
                + " certificate %d".formatted(blocks.size()));
      } else if (block != null) {
        block.append(line);
      }
    }
    if (block != null) {
      throw new IllegalArgumentException(
          "chain: certificate %d is cut off".formatted(blocks.size() + 1));
    }
    return blocks;
  }

  private static Bytes decoded(String base64, int number) {
    try {
      return Bytes.copyOf(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "chain: certificate %d is not base64".formatted(number), e);
    }
  }

  private static IllegalArgumentException refused(int number, InvalidCertificateException cause) {
    return new IllegalArgumentException(
        "chain: certificate %d: %s".formatted(number, cause.getMessage()), cause);
  }
}
