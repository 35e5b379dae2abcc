package dev.alts.cli.run;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.TrustDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The SVID as PEM files, under the names that SPIFFE's own helper gives them. */
final class SvidFiles {
  static final String CERTIFICATE = "svid.pem";
  static final String KEY = "svid_key.pem";
  static final String BUNDLE = "svid_bundle.pem";

  private SvidFiles() {}

  static void write(PrivateDirectory directory, JobCredentials credentials, TrustDocument document)
      throws IOException {
    directory.write(
        BUNDLE,
        pem(
            "CERTIFICATE",
            document.authorities().stream()
                .map(authority -> authority.certificate().der())
                .toList()));
    directory.write(
        KEY, pem("PRIVATE KEY", List.of(Bytes.adopt(credentials.tls().privateKey().getEncoded()))));
    directory.write(CERTIFICATE, pem("CERTIFICATE", credentials.tls().chain()));
  }

  private static byte[] pem(String label, List<Bytes> parts) {
    StringBuilder pem = new StringBuilder();
    for (Bytes der : parts) {
      pem.append("-----BEGIN %s-----\n".formatted(label))
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toByteArray()))
          .append("\n-----END %s-----\n".formatted(label));
    }
    return pem.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
