package dev.alts.agent.upstream;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.KeyPair;
import java.security.SecureRandom;

/** The two keys of a machine. */
final class MachineKeyPairs {
  private final KeyPair master;
  private final KeyPair tls;

  MachineKeyPairs(KeyPair master, KeyPair tls) {
    this.master = master;
    this.tls = tls;
  }

  static MachineKeyPairs generate(SecureRandom random) {
    EcdsaP256 ecdsa = EcdsaP256.best();
    return new MachineKeyPairs(ecdsa.generateKeyPair(random), ecdsa.generateKeyPair(random));
  }

  KeyPair master() {
    return master;
  }

  KeyPair tls() {
    return tls;
  }

  /** {@return the public halves} */
  MachineKeys wire() {
    return MachineKeys.newBuilder()
        .setMasterSpki(ByteString.copyFrom(master.getPublic().getEncoded()))
        .setTlsSpki(ByteString.copyFrom(tls.getPublic().getEncoded()))
        .build();
  }

  @Override
  public String toString() {
    return "MachineKeyPairs[redacted]";
  }
}
