package dev.alts.handshake;

import com.google.protobuf.ByteString;
import dev.alts.crypto.Crypto;
import dev.alts.testing.TestSvid;
import dev.alts.wire.handshake.v1.Credential;
import java.util.LinkedHashMap;
import java.util.Map;

/** Credentials that look like a party's own, each with one thing wrong. */
final class BrokenCredentials {
  private BrokenCredentials() {}

  /** {@return them by what is wrong} */
  static Map<String, Credential> of(TestWorld world, TestWorld.Party web) {
    Map<String, Credential> broken = new LinkedHashMap<>();
    TestSvid master = web.master;
    byte[] key = Crypto.best().x25519().publicKey(web.x25519Private);
    long now = TestWorld.START.getEpochSecond();
    broken.put(
        "identity-of-another",
        world.domain.credential(master, key, body -> body.setSpiffeId("spiffe://example.org/x")));
    broken.put(
        "handshake-certificate-ended",
        world.domain.credential(master, key, body -> body.setNotAfter(now - 61)));
    broken.put(
        "handshake-certificate-not-yet",
        world.domain.credential(master, key, body -> body.setNotBefore(now + 61)));
    broken.put(
        "handshake-certificate-3601-s",
        world.domain.credential(
            master, key, body -> body.setNotBefore(now - 60).setNotAfter(now + 3541)));
    broken.put(
        "master-of-another",
        world.domain.credential(master, key, body -> body.setMasterSha256(zeros(32))));
    broken.put(
        "static-key-31",
        world.domain.credential(master, key, body -> body.setX25519PublicKey(zeros(31))));
    broken.put(
        "not-a-master",
        world.domain.credential(
            world.domain.svid(
                "/shop/web",
                world.domain.attributes("/shop/web").withMayDelegate(false),
                request -> {}),
            key));
    broken.put(
        "kind-and-path-disagree",
        world.domain.credential(
            world.domain.svid(
                "/shop/web", world.domain.attributes("/shop/web").withKind(1), request -> {}),
            key));
    broken.put("same-name-of-a-foreign-ca", new TestWorld().party("/shop/web").credential);
    Credential good = web.credential;
    broken.put("chain-with-empty", good.toBuilder().addChain(ByteString.EMPTY).build());
    broken.put("chain-twice", good.toBuilder().addChain(good.getChain(0)).build());
    broken.put("chain-too-large", good.toBuilder().clearChain().addChain(zeros(20_000)).build());
    broken.put(
        "handshake-certificate-noise", good.toBuilder().setHandshakeCertificate(zeros(99)).build());
    for (int i = 0; i < LowOrderPoints.ALL.size(); i++) {
      byte[] point = LowOrderPoints.ALL.get(i);
      broken.put("low-order-static-" + i, world.domain.credential(master, point));
    }
    return broken;
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
