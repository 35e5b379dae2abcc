package dev.alts.testing;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A key and a self-signed certificate for localhost, as any program may have its own. */
public record OrdinaryTls(KeyStore keys) {
  private static final char[] PASSWORD = "for-a-test".toCharArray();

  /** Makes both with the JDK's keytool; {@code directory} keeps its files. */
  public static OrdinaryTls make(Path directory) throws Exception {
    Path file = Files.createDirectories(directory).resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "server",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new AssertionError(Files.readString(directory.resolve("keytool.log")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream content = Files.newInputStream(file)) {
      keys.load(content, PASSWORD);
    }
    return new OrdinaryTls(keys);
  }

  public KeyManager[] keyManagers() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    return factory.getKeyManagers();
  }

  public TrustManager[] trustManagers() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  /** {@return the certificate, PEM} */
  public InputStream chain() throws Exception {
    return pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
  }

  /** {@return the private key, PEM of PKCS#8} */
  public InputStream privateKey() throws Exception {
    return pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
  }

  private static InputStream pem(String type, byte[] content) {
    String body = Base64.getMimeEncoder().encodeToString(content);
    return new ByteArrayInputStream(
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, body, type)
            .getBytes(StandardCharsets.US_ASCII));
  }
}
