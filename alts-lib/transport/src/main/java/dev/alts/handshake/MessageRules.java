package dev.alts.handshake;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.RpcVersions;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What holds for fields of every message (handshake.md section 11); each breach is BAD_MESSAGE. */
final class MessageRules {
  static final int VERSION = 1;
  static final int RANDOM_BYTES = 32;
  static final int AUTHENTICATOR_BYTES = 32;
  static final int MAX_LIST_ENTRIES = 16;
  static final int MAX_NAME_BYTES = 64;
  static final int MAX_TICKET_BYTES = 4096;

  private MessageRules() {}

  /**
   * {@return the message in {@code body}, whose fields are parts of it and no copies}
   *
   * @param body nobody changes it any more
   */
  static <T> T parse(Parser<T> parser, ByteString body) throws InvalidProtocolBufferException {
    CodedInputStream in = body.newCodedInput();
    in.enableAliasing(true);
    T message = parser.parseFrom(in);
    // A stray end of a group would hide what follows it.
    in.checkLastTagWas(0);
    return message;
  }

  static AltsProtocolException bad(String reason) {
    return new AltsProtocolException(Alert.BAD_MESSAGE, reason);
  }

  static void require(boolean condition, String rule) throws AltsProtocolException {
    if (!condition) {
      throw bad(rule);
    }
  }

  static void requireLength(String field, ByteString value, int length)
      throws AltsProtocolException {
    if (value.size() != length) {
      throw bad("%s: %d bytes (expected: %d)".formatted(field, value.size(), length));
    }
  }

  static void requireList(String field, List<?> list) throws AltsProtocolException {
    if (list.size() > MAX_LIST_ENTRIES) {
      throw bad("%s: %d entries (expected: at most 16)".formatted(field, list.size()));
    }
  }

  static void requireName(String field, String name) throws AltsProtocolException {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_NAME_BYTES) {
      throw bad("%s: %d bytes (expected: 1 to 64)".formatted(field, length));
    }
  }

  static void requireNames(String field, List<String> names) throws AltsProtocolException {
    requireList(field, names);
    for (String name : names) {
      requireName(field, name);
    }
  }

  /** An empty certificate or chain is a missing field; all else inside is verified by section 2. */
  static void requireComplete(Credential credential) throws AltsProtocolException {
    require(
        !credential.getHandshakeCertificate().isEmpty() && credential.getChainCount() > 0,
        "credential: without handshake certificate or chain");
  }

  static RpcVersions rpcVersions(dev.alts.wire.handshake.v1.RpcVersions wire) {
    return new RpcVersions(version(wire.getMax()), version(wire.getMin()));
  }

  static dev.alts.wire.handshake.v1.RpcVersions wire(RpcVersions versions) {
    return dev.alts.wire.handshake.v1.RpcVersions.newBuilder()
        .setMax(wire(versions.max()))
        .setMin(wire(versions.min()))
        .build();
  }

  static Credential wire(CredentialSnapshot credential) {
    Credential.Builder wire =
        Credential.newBuilder()
            .setHandshakeCertificate(
                UnsafeByteOperations.unsafeWrap(credential.handshakeCertificate().asByteBuffer()));
    for (Bytes der : credential.chain()) {
      wire.addChain(UnsafeByteOperations.unsafeWrap(der.asByteBuffer()));
    }
    return wire.build();
  }

  private static RpcVersions.Version version(Version wire) {
    return new RpcVersions.Version(wire.getMajor(), wire.getMinor());
  }

  private static Version wire(RpcVersions.Version version) {
    return Version.newBuilder().setMajor(version.major()).setMinor(version.minor()).build();
  }
}
