package dev.alts.ca.admin.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class LiveServerKeysTest {
  private final TestTrustDomain domain = TestTrustDomain.of("test.alts", Instant.now());
  private final X509Svid first = svid(domain.tls("/ca"));
  private final X509Svid second = svid(domain.tls("/ca"));
  private final AtomicReference<X509Svid> identity = new AtomicReference<>(first);
  private final LiveServerKeys keys = new LiveServerKeys(identity::get);

  @Test
  void aNewHandshakeShowsTheCertificateOfTheMoment() throws Exception {
    String before = alias();
    identity.set(second);
    String after = alias();

    assertThat(after).isNotEqualTo(before);
    assertThat(keys.getCertificateChain(after)[0].getEncoded())
        .isEqualTo(second.chain().getFirst().toByteArray());
    assertThat(keys.getPrivateKey(after)).isSameAs(second.privateKey());
  }

  @Test
  void aHandshakeInTheMiddleOfARenewalEndsWithWhatItBeganWith() throws Exception {
    String begun = alias();
    identity.set(second);
    alias();

    assertThat(keys.getCertificateChain(begun)[0].getEncoded())
        .isEqualTo(first.chain().getFirst().toByteArray());
    assertThat(keys.getPrivateKey(begun)).isSameAs(first.privateKey());
  }

  @Test
  void anUnknownAliasAndAnotherKeyTypeGetNothing() throws Exception {
    assertThat(keys.getPrivateKey("7")).isNull();
    assertThat(keys.getCertificateChain("7")).isNull();
    assertThat(keys.chooseEngineServerAlias("RSA", null, SSLContext.getDefault().createSSLEngine()))
        .isNull();
    assertThat(keys.chooseClientAlias(new String[] {"EC"}, null, null)).isNull();
  }

  private String alias() throws Exception {
    return keys.chooseEngineServerAlias("EC", null, SSLContext.getDefault().createSSLEngine());
  }

  private static X509Svid svid(TestSvid made) {
    try {
      return X509Svid.of(made.chain().stream().map(Bytes::copyOf).toList(), made.privateKey());
    } catch (InvalidCertificateException e) {
      throw new AssertionError(e);
    }
  }
}
