package dev.alts.testing;

import com.google.protobuf.ByteString;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;

/** Signs documents by the text of handshake.md section 11, written a second time. */
public final class TestDocuments {
  public static final String HANDSHAKE_CERTIFICATE = "ALTS/1 handshake certificate";
  public static final String TRUST_DOCUMENT = "ALTS/1 trust document";
  public static final String REVOCATION_LIST = "ALTS/1 revocation list";
  public static final String NAMING_POLICY = "ALTS/1 naming policy";
  public static final String AUDIT_CHECKPOINT = "ALTS/1 audit checkpoint";

  private TestDocuments() {}

  public static SignedDocument sign(String text, byte[] body, KeyPair key) {
    return SignedDocument.newBuilder()
        .setBody(ByteString.copyFrom(body))
        .setSignature(
            ByteString.copyFrom(TestKeys.sign(key.getPrivate(), signatureInput(text, body))))
        .setKeySpkiSha256(ByteString.copyFrom(TestKeys.sha256(TestKeys.spki(key))))
        .build();
  }

  public static byte[] signatureInput(String text, byte[] body) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(" ".repeat(64).getBytes(StandardCharsets.US_ASCII));
    input.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    input.write(0);
    input.writeBytes(body);
    return input.toByteArray();
  }
}
