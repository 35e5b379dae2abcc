package dev.alts.ca.testing;

import dev.alts.testing.CertificateRequest;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A company's PKI as many have it: an RSA root, an RSA subordinate, and clients that trust both.
 */
public final class CorporateCa {
  private static final String SIGNATURE = "SHA256withRSA";
  private static final KeyPair ROOT_KEY = TestKeys.rsa(2048);
  private static final KeyPair SUBORDINATE_KEY = TestKeys.rsa(2048);

  private final TestAuthority root;
  private final TestAuthority subordinate;
  private final Instant now;

  private CorporateCa(TestAuthority root, TestAuthority subordinate, Instant now) {
    this.root = root;
    this.subordinate = subordinate;
    this.now = now;
  }

  public static CorporateCa of(Instant now) {
    return of(now, request -> {}, request -> {});
  }

  /** {@return one whose root and subordinate have whatever the knobs break} */
  public static CorporateCa of(
      Instant now,
      Consumer<CertificateRequest> rootKnobs,
      Consumer<CertificateRequest> subordinateKnobs) {
    TestAuthority root =
        TestAuthority.selfSigned(
            "Example Corporation Root",
            "unused",
            now,
            request -> {
              request.noNames().ca(2).validity(now.minus(days(900)), now.plus(days(900)));
              request.keyPair(ROOT_KEY).signatureAlgorithm(SIGNATURE);
              rootKnobs.accept(request);
            });
    TestAuthority subordinate =
        root.intermediate(
            "Example Corporation Subordinate 3",
            request -> {
              request.ca(1).validity(now.minus(days(90)), now.plus(days(600)));
              request.keyPair(SUBORDINATE_KEY).signatureAlgorithm(SIGNATURE);
              subordinateKnobs.accept(request);
            });
    return new CorporateCa(root, subordinate, now);
  }

  /** {@return what its administrator sends back for a request, root last, PEM} */
  public String certify(byte[] csr) {
    return pem(certified(csr, request -> {}));
  }

  /** {@return what its administrator sends back who turned these knobs} */
  public String certify(byte[] csr, Consumer<CertificateRequest> knobs) {
    return pem(certified(csr, knobs));
  }

  /** {@return the same as DER, root last} */
  public List<byte[]> certified(byte[] csr, Consumer<CertificateRequest> knobs) {
    return certified(csr, knobs, true);
  }

  /** {@return what comes back from one that computes key identifiers by itself, DER, root last} */
  public List<byte[]> certifiedUnderItsOwnKeyIdentifier(byte[] csr) {
    return certified(csr, request -> {}, false);
  }

  private List<byte[]> certified(
      byte[] csr, Consumer<CertificateRequest> knobs, boolean requestedKeyIdentifier) {
    PKCS10CertificationRequest request = verified(csr);
    Extensions wanted = requestedExtensions(request);
    byte[] keyIdentifier =
        wanted.getExtension(Extension.subjectKeyIdentifier).getExtnValue().getOctets();
    List<byte[]> chain =
        new ArrayList<>(
            subordinate
                .issue(
                    "unused",
                    made -> {
                      made.noNames().subject(request.getSubject().toString()).ca(0);
                      made.keyPair(new KeyPair(publicKey(request), null));
                      if (requestedKeyIdentifier) {
                        made.noSubjectKeyIdentifier()
                            .extension(
                                Extension.subjectKeyIdentifier.getId(), false, keyIdentifier);
                      }
                      made.validity(now.minus(Duration.ofMinutes(5)), now.plus(days(365)));
                      made.signatureAlgorithm(SIGNATURE);
                      knobs.accept(made);
                    })
                .chain());
    chain.add(root.certificate());
    return chain;
  }

  public static Extensions requestedExtensions(PKCS10CertificationRequest request) {
    return Extensions.getInstance(
        request
            .getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)[0]
            .getAttrValues()
            .getObjectAt(0));
  }

  public byte[] root() {
    return root.certificate();
  }

  /** {@return a client that trusts this company's root and nothing else} */
  public X509TrustManager client() {
    return clientOf(root.certificate());
  }

  /** {@return a client as the JDK makes them that trusts these roots only} */
  public static X509TrustManager clientOf(byte[]... roots) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (int i = 0; i < roots.length; i++) {
        trusted.setCertificateEntry("root " + i, parse(roots[i]));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(trusted);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  public static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  public static String pem(List<byte[]> certificates) {
    StringBuilder pem = new StringBuilder();
    for (byte[] der : certificates) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return pem.toString();
  }

  /** {@return the request, which is signed by the key that it names} */
  private static PKCS10CertificationRequest verified(byte[] csr) {
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(csr);
      if (!Arrays.equals(request.getEncoded(), csr)
          || !request.isSignatureValid(
              new JcaContentVerifierProviderBuilder()
                  .setProvider(new BouncyCastleProvider())
                  .build(request.getSubjectPublicKeyInfo()))) {
        throw new AssertionError("the request does not verify");
      }
      return request;
    } catch (IOException | PKCSException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static PublicKey publicKey(PKCS10CertificationRequest request) {
    try {
      return BouncyCastleProvider.getPublicKey(request.getSubjectPublicKeyInfo());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }
}
