package dev.alts.e2e;

import dev.alts.demo.stage.CommandLine;
import dev.alts.testing.PlainTls;
import dev.alts.testing.TestAuthority;
import io.spiffe.svid.x509svid.X509Svid;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** A company with a PKI of its own, whose programs speak plain TLS and have never heard of us. */
final class CorporateClients {
  private final TestAuthority root =
      TestAuthority.selfSigned(
          "Example Corporation Root", "unused", Instant.now(), request -> request.noNames().ca(1));

  /** Signs what an admin requests of the CA, and the admin installs it. */
  void certify(CommandLine admin, Path directory) throws Exception {
    Path csr = directory.resolve("authority.csr");
    Path chain = directory.resolve("chain.pem");
    admin.ask("authority", "upstream", "request", "--out=" + csr, "--reason=e2e");
    Files.writeString(chain, pem(certificate(Files.readString(csr))) + pem(root.certificate()));
    admin.ask("authority", "upstream", "install", "--file=" + chain, "--reason=e2e");
  }

  private byte[] certificate(String csr) throws Exception {
    PKCS10CertificationRequest request;
    try (PEMParser parser = new PEMParser(new StringReader(csr))) {
      request = (PKCS10CertificationRequest) parser.readObject();
    }
    Extensions wanted =
        Extensions.getInstance(
            request
                .getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)[0]
                .getAttrValues()
                .getObjectAt(0));
    Extension keyIdentifier = wanted.getExtension(Extension.subjectKeyIdentifier);
    KeyPair key =
        new KeyPair(BouncyCastleProvider.getPublicKey(request.getSubjectPublicKeyInfo()), null);
    return root.issue(
            "unused",
            made ->
                made.noNames()
                    .subject(request.getSubject().toString())
                    .keyPair(key)
                    .ca(0)
                    .validity(
                        Instant.now().minus(Duration.ofHours(1)),
                        Instant.now().plus(Duration.ofDays(20)))
                    .noSubjectKeyIdentifier()
                    .extension(
                        Extension.subjectKeyIdentifier.getId(),
                        false,
                        keyIdentifier.getExtnValue().getOctets()))
        .certificate();
  }

  /** {@return what a client that trusts the company's root saw of a server with this SVID} */
  List<X509Certificate> meet(X509Svid server) throws Exception {
    return PlainTls.meet(server.getPrivateKey(), server.getChain(), parse(root.certificate()));
  }

  private static X509Certificate parse(byte[] der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static String pem(byte[] certificate) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }
}
