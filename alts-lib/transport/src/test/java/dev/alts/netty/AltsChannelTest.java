package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.SwappableSource;
import dev.alts.testing.party.TestParty;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedSubject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BufferLeaks.class)
class AltsChannelTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  private final SwappableSource serverSource = new SwappableSource(party.snapshot("/echo"));
  private final ServerEndpoint server =
      new ServerEndpoint(
          environment,
          serverSource,
          new ServerEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), HandshakeBudget.Limits.DEFAULT));
  private final Loopback loopback = new Loopback();

  @AfterEach
  void stop() throws InterruptedException {
    loopback.close();
    server.close();
  }

  @Test
  void bothEndsKnowEachOtherAndEveryByteArrives() throws Exception {
    loopback.listen(server);
    byte[] data = random(3_000_000);

    Loopback.Client client = loopback.connect(client("/caller"));
    AltsHandshakeCompletion completion = client.completion();
    client.send(data);

    assertThat(completion.peer().id()).isEqualTo(id("/echo"));
    assertThat(completion.peer().localId()).isEqualTo(id("/caller"));
    assertThat(client.awaitBytes(data.length)).isEqualTo(data);
  }

  @Test
  void itDoesNotMatterWhereTheNetworkCutsTheBytes() throws Exception {
    loopback.listen(() ->
        new ChannelHandler[] {
          new SplittingHandler(7), AltsChannels.server(server, EndOfData.MARKED)
        });
    byte[] data = random(40_000);

    Loopback.Client client =
        loopback.connect(
            new SplittingHandler(1),
            AltsChannels.client(client("/caller"), "echo.test:1", EndOfData.MARKED));
    client.completion();
    for (int at = 0; at < data.length; at += 1_000) {
      client.send(Arrays.copyOfRange(data, at, at + 1_000));
    }

    assertThat(client.awaitBytes(data.length)).isEqualTo(data);
  }

  @Test
  void connectionToAServerThatNoEntryNamesIsCounted() throws Exception {
    loopback.listen(server);
    ClientEndpoint byPolicy =
        new ClientEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/caller")),
            new ClientEndpoint.Options(Negotiation.GRPC, null, null));
    ClientEndpoint byAuthorizer = client("/caller");

    loopback.connect(AltsChannels.client(byPolicy, "echo.test:1", EndOfData.MARKED)).completion();
    loopback
        .connect(AltsChannels.client(byAuthorizer, "echo.test:1", EndOfData.MARKED))
        .completion();

    assertThat(byPolicy.connectionsWithoutEntry()).isEqualTo(1);
    assertThat(byAuthorizer.connectionsWithoutEntry()).isZero();
  }

  @Test
  void endOfDataIsAuthenticated() throws Exception {
    loopback.listen(server);
    Loopback.Client client = loopback.connect(client("/caller"));
    client.completion();
    client.send(new byte[] {1});
    client.awaitBytes(1);

    serverChannel().close();

    client.endOfData.get(10, TimeUnit.SECONDS);
    assertThat(client.failed).isNotDone();
  }

  @Test
  void aConnectionThatIsCutOffIsNotAnEndOfData() throws Exception {
    loopback.listen(server);
    Loopback.Client client = loopback.connect(client("/caller"));
    client.completion();
    client.send(new byte[] {1});
    client.awaitBytes(1);

    serverChannel().pipeline().firstContext().close();

    assertThat(client.failure())
        .isInstanceOf(AltsRecordException.class)
        .hasMessageContaining("cut off");
    assertThat(client.endOfData).isNotDone();
  }

  @Test
  void exportsTheSameSecretAtBothEnds() throws Exception {
    Bytes context = Bytes.copyOf(new byte[] {1, 2, 3});
    byte[][] atServer = new byte[1][];
    loopback.listen(() ->
        new ChannelHandler[] {
          AltsChannels.server(server, EndOfData.MARKED),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
              if (event instanceof AltsHandshakeCompletion completion) {
                atServer[0] = completion.exporter().exportSecret("test", context, 32).exposeCopy();
              }
              ctx.fireUserEventTriggered(event);
            }
          }
        });

    Loopback.Client client = loopback.connect(client("/caller"));
    byte[] atClient = client.completion().exporter().exportSecret("test", context, 32).exposeCopy();
    client.send(new byte[] {1});
    client.awaitBytes(1);

    assertThat(atServer[0]).isEqualTo(atClient);
  }

  @Test
  void aClientThatWantsAnotherServerGoesNoFurther() throws Exception {
    loopback.listen(server);
    ClientEndpoint client =
        new ClientEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/caller")),
            new ClientEndpoint.Options(Negotiation.GRPC, PeerAuthorizer.allow(id("/other")), null));

    Loopback.Client connection = loopback.connect(client);

    assertThat(connection.failure())
        .isInstanceOf(AltsHandshakeException.class)
        .hasMessageContaining("/echo is not among");
    assertThat(connection.received()).isEmpty();
  }

  @Test
  void aServerThatDoesNotWantTheClientSaysUnauthorized() throws Exception {
    ServerEndpoint picky =
        new ServerEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/echo")),
            new ServerEndpoint.Options(
                Negotiation.GRPC,
                PeerAuthorizer.allow(id("/friend")),
                HandshakeBudget.Limits.DEFAULT));
    loopback.listen(picky);

    Loopback.Client connection = loopback.connect(client("/stranger"));

    assertThat(connection.failure()).hasMessageContaining("UNAUTHORIZED");
    picky.close();
  }

  @Test
  void aSecondConnectionResumes() throws Exception {
    loopback.listen(server);
    ClientEndpoint client = client("/caller");

    Loopback.Client first = loopback.connect(client);
    boolean firstResumed = first.completion().peer().resumed();
    Loopback.Client second = loopback.connect(client);
    boolean secondResumed = second.completion().peer().resumed();
    second.send(new byte[] {5});

    assertThat(firstResumed).isFalse();
    assertThat(secondResumed).isTrue();
    assertThat(second.awaitBytes(1)).containsExactly(5);
  }

  @Test
  void aRevocationCutsTheOpenChannel() throws Exception {
    loopback.listen(server);
    Loopback.Client client = loopback.connect(client("/caller"));
    client.completion();
    client.send(new byte[] {1});
    client.awaitBytes(1);

    party.revoke(
        party
            .domain()
            .revocationList(
                1,
                RevocationEntry.newBuilder()
                    .setSubject(
                        RevokedSubject.newBuilder()
                            .setSpiffeId(id("/caller").toString())
                            .setIssuedBefore(party.domain().now().plusSeconds(60).getEpochSecond()))
                    .build()));
    serverSource.swap(party.snapshot("/echo"));

    assertThat(client.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(server.openConnections()).isZero();
  }

  @Test
  void aChannelIsReplacedBeforeItsLongestLifeEnds() throws Exception {
    serverSource.swap(party.builder("/echo").maxChannelLife(Duration.ofSeconds(2)).build());
    loopback.listen(server);

    Loopback.Client client = loopback.connect(client("/caller"));
    client.completion();

    assertThat(client.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(client.endOfData).isDone();
  }

  @Test
  @Tag("abuse-27")
  void aTamperedRecordEndsTheChannelForGood() throws Exception {
    loopback.listen(server);
    FlippingHandler flipping = new FlippingHandler();
    Loopback.Client client =
        loopback.connect(
            flipping, AltsChannels.client(client("/caller"), "echo.test:1", EndOfData.MARKED));
    client.completion();

    flipping.flipNext = true;
    client.send(new byte[] {1, 2, 3});

    assertThat(client.failure())
        .isInstanceOf(AltsRecordException.class)
        .hasMessageContaining("wrong tag");
    assertThat(client.received()).isEmpty();
    assertThat(client.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(client.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[1])).await().cause())
        .isNotNull();
  }

  private ClientEndpoint client(String path) {
    return new ClientEndpoint(
        environment,
        CredentialSource.of(party.snapshot(path)),
        new ClientEndpoint.Options(
            Negotiation.GRPC,
            PeerAuthorizer.memberOf(party.trustDomain()),
            new ResumptionCache(100, false)));
  }

  private Channel serverChannel() {
    return loopback.accepted.stream().reduce((first, last) -> last).orElseThrow();
  }

  private SpiffeId id(String path) {
    return SpiffeId.parse(party.domain().id(path));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** Flips the last bit of what arrives next. */
  private static final class FlippingHandler extends ChannelInboundHandlerAdapter {
    volatile boolean flipNext;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (flipNext) {
        int last = bytes.writerIndex() - 1;
        bytes.setByte(last, bytes.getByte(last) ^ 1);
      }
      ctx.fireChannelRead(bytes);
    }
  }
}
