package dev.alts.cli.shadow;

import dev.alts.api.spiffe.SpiffeWorkloadAPIGrpc;
import dev.alts.api.spiffe.X509SVID;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.api.spiffe.X509SVIDResponse;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The SPIFFE Workload API of one agent, as a process calls it that takes its identities from there.
 * Private keys that come with the answer are not looked at.
 */
public final class WorkloadApi implements AutoCloseable {
  private static final int DNS_NAME = 2;
  private static final Metadata.Key<String> SECURITY =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  // Warns once per connection about SO_KEEPALIVE, which Unix sockets do not have; held here, since
  // the log manager would forget the level.
  private static final Logger NETTY_BOOTSTRAP = Logger.getLogger("io.netty.bootstrap.Bootstrap");

  private final IoEventLoopGroup thread;
  private final ManagedChannel channel;

  /**
   * @param socket the agent's Unix socket
   */
  public WorkloadApi(Path socket) {
    NETTY_BOOTSTRAP.setLevel(Level.SEVERE);
    this.thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("workload-api", true), EpollIoHandler.newFactory());
    this.channel =
        NettyChannelBuilder.forAddress(
                new DomainSocketAddress(socket.toAbsolutePath().toFile()),
                InsecureChannelCredentials.create())
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .eventLoopGroup(thread)
            .overrideAuthority("localhost")
            .build();
  }

  /** {@return the first answer, within {@code limit}} */
  public Answer ask(Duration limit) {
    Answer[] first = {new Answer.Silent("the agent sent nothing")};
    follow(
        limit,
        answer -> {
          first[0] = answer;
          return false;
        });
    return first[0];
  }

  /** Calls {@code each} with every answer, until the agent ends the stream or refuses it. */
  public void follow(Consumer<Answer> each) {
    // Longer than any agent keeps a stream; the standard has no end for it.
    follow(
        Duration.ofDays(365),
        answer -> {
          each.accept(answer);
          return true;
        });
  }

  private interface Reading {
    /** {@return whether to go on} */
    boolean take(Answer answer);
  }

  private void follow(Duration limit, Reading reading) {
    Metadata header = new Metadata();
    header.put(SECURITY, "true");
    try {
      Iterator<X509SVIDResponse> answers =
          SpiffeWorkloadAPIGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header))
              .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
              .fetchX509SVID(X509SVIDRequest.getDefaultInstance());
      while (answers.hasNext()) {
        if (!reading.take(told(answers.next()))) {
          return;
        }
      }
      var _ = reading.take(new Answer.Silent("the agent ended the stream"));
    } catch (StatusRuntimeException e) {
      var _ =
          reading.take(
              // What the standard says for a process without an identity.
              e.getStatus().getCode() == Status.Code.PERMISSION_DENIED
                  ? new Answer.Told(List.of())
                  : new Answer.Silent(why(e)));
    } catch (CertificateException e) {
      var _ = reading.take(new Answer.Silent("the agent sent no certificates: " + e.getMessage()));
    }
  }

  private static String why(StatusRuntimeException e) {
    Throwable cause = e.getStatus().getCause();
    return cause == null
        ? e.getStatus().getCode() + ": " + e.getStatus().getDescription()
        : e.getStatus().getCode() + ": " + cause.getMessage();
  }

  private static Answer.Told told(X509SVIDResponse response) throws CertificateException {
    List<Identity> identities = new ArrayList<>();
    for (X509SVID svid : response.getSvidsList()) {
      identities.add(identity(svid));
    }
    return new Answer.Told(identities);
  }

  private static Identity identity(X509SVID svid) throws CertificateException {
    X509Certificate leaf =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(svid.getX509Svid().toByteArray()));
    Duration life =
        Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    return new Identity(
        svid.getSpiffeId(),
        life.toSeconds(),
        svid.getHint(),
        names == null
            ? List.of()
            : names.stream()
                .filter(name -> Integer.valueOf(DNS_NAME).equals(name.getFirst()))
                .map(name -> String.valueOf(name.getLast()))
                .toList());
  }

  @Override
  public void close() {
    ManagedChannel unused = channel.shutdownNow();
    var stopped = thread.shutdownGracefully(0, 2_000, TimeUnit.MILLISECONDS);
    assert unused != null && stopped != null;
  }
}
