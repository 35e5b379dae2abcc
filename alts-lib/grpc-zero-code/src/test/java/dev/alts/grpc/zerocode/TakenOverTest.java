package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.ChoiceServerCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TakenOverTest {
  private final ChannelCredentials alts = new Own();
  private final ChannelCredentials tls = TlsChannelCredentials.create();
  private final CallCredentials token = new Token();
  private final ServerCredentials altsServer = new OwnServer();

  @Test
  void insecureBecomesAlts() {
    assertThat(TakenOver.of(InsecureChannelCredentials.create(), alts)).containsSame(alts);
    assertThat(TakenOver.of(InsecureServerCredentials.create(), altsServer))
        .containsSame(altsServer);
  }

  @Test
  void everythingElseIsNotTouched() {
    assertThat(TakenOver.of(tls, alts)).isEmpty();
    assertThat(TakenOver.of(CompositeChannelCredentials.create(tls, token), alts)).isEmpty();
    assertThat(TakenOver.of(ChoiceChannelCredentials.create(tls), alts)).isEmpty();
    assertThat(TakenOver.of(new OwnServer(), altsServer)).isEmpty();
  }

  @Test
  @Tag("abuse-30")
  void tokenOfCallsStaysWithCredentialsThatAreTakenOver() {
    ChannelCredentials own =
        CompositeChannelCredentials.create(InsecureChannelCredentials.create(), token);

    assertThat(TakenOver.of(own, alts))
        .get()
        .isInstanceOfSatisfying(
            CompositeChannelCredentials.class,
            both -> {
              assertThat(both.getChannelCredentials()).isSameAs(alts);
              assertThat(both.getCallCredentials()).isSameAs(token);
            });
  }

  @Test
  void ofAChoiceOnlyTheInsecureOnesAreReplacedAndTheOrderStays() {
    ChannelCredentials own =
        ChoiceChannelCredentials.create(tls, InsecureChannelCredentials.create());
    ServerCredentials explicit = new OwnServer();

    assertThat(TakenOver.of(own, alts))
        .get()
        .isInstanceOfSatisfying(
            ChoiceChannelCredentials.class,
            choice -> assertThat(choice.getCredentialsList()).containsExactly(tls, alts));
    assertThat(
            TakenOver.of(
                ChoiceServerCredentials.create(explicit, InsecureServerCredentials.create()),
                altsServer))
        .get()
        .isInstanceOfSatisfying(
            ChoiceServerCredentials.class,
            choice ->
                assertThat(choice.getCredentialsList()).containsExactly(explicit, altsServer));
  }

  private static final class Own extends ChannelCredentials {
    @Override
    public ChannelCredentials withoutBearerTokens() {
      return this;
    }
  }

  private static final class OwnServer extends ServerCredentials {}

  private static final class Token extends CallCredentials {
    @Override
    public void applyRequestMetadata(
        RequestInfo request, Executor executor, MetadataApplier applier) {
      throw new AssertionError("no call is made");
    }
  }
}
