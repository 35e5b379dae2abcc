package dev.alts.e2e;

import dev.alts.demo.stage.Stage;
import dev.alts.testing.OrdinaryTls;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files of a self-signed certificate for localhost and its key, readable by every workload. */
record OrdinaryCertificate(Path chain, Path privateKey) {
  static OrdinaryCertificate make(Stage stage) throws Exception {
    OrdinaryTls tls = OrdinaryTls.make(stage.path("ordinary"));
    return new OrdinaryCertificate(
        file(stage.path("ordinary-chain.pem"), tls.chain()),
        file(stage.path("ordinary-key.pem"), tls.privateKey()));
  }

  private static Path file(Path file, InputStream content) throws Exception {
    Files.copy(content, file);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
