package dev.alts.agent.delivery;

import dev.alts.agent.attestation.FactFootprint;
import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.attestation.UnixWorkloadAttestor;
import dev.alts.agent.attestation.WorkloadFacts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs in a pid namespace of its own, where pids can be made to come again, and prints how often
 * they did and how often the wrong process was believed.
 */
public final class PidReuseProbe {
  private static final FactFootprint ALL = new FactFootprint(Set.of("workload.unix"));

  private final PeerConnections connections = new PeerConnections(1_000);
  private final UnixWorkloadAttestor attestor = new UnixWorkloadAttestor();
  private final BlockingQueue<EpollDomainSocketChannel> accepted;
  private final BufferedReader fromPeer;
  private final BufferedWriter toPeer;
  private int reused;
  private int wrong;

  private PidReuseProbe(Process peer, BlockingQueue<EpollDomainSocketChannel> accepted) {
    this.accepted = accepted;
    this.fromPeer = peer.inputReader(StandardCharsets.UTF_8);
    this.toPeer = peer.outputWriter(StandardCharsets.UTF_8);
  }

  /** Arguments: python, script, socket, rounds, and when the pid comes again. */
  public static void main(String[] arguments) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    BlockingQueue<EpollDomainSocketChannel> accepted = new LinkedBlockingQueue<>();
    new ServerBootstrap()
        .group(loops)
        .channel(EpollServerDomainSocketChannel.class)
        .childHandler(
            new ChannelInitializer<EpollDomainSocketChannel>() {
              @Override
              protected void initChannel(EpollDomainSocketChannel channel) {
                accepted.add(channel);
              }
            })
        .bind(new DomainSocketAddress(Path.of(arguments[2]).toFile()))
        .sync();
    Files.setPosixFilePermissions(
        Path.of(arguments[2]), PosixFilePermissions.fromString("rw-rw-rw-"));
    Process peer =
        new ProcessBuilder(
                arguments[0], arguments[1], "reuse", arguments[2], arguments[3], arguments[4])
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    PidReuseProbe probe = new PidReuseProbe(peer, accepted);
    for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
      switch (arguments[4]) {
        case "before" -> probe.beforeAdmission();
        case "between" -> probe.betweenAdmissionAndAttestation();
        case "while" -> probe.whileAttesting();
        default -> throw new IllegalArgumentException(arguments[4]);
      }
    }
    System.out.println("reused " + probe.reused + " wrong " + probe.wrong);
    System.exit(0);
  }

  private void beforeAdmission() throws Exception {
    awaitReuse();
    EpollDomainSocketChannel channel = channel();
    try (PeerProcess peer = connections.admit(channel)) {
      wrong++;
    } catch (PeerLostException asItShouldBe) {
      // The process that connected has gone.
    }
    over(channel);
  }

  private void betweenAdmissionAndAttestation() throws Exception {
    line();
    EpollDomainSocketChannel channel = channel();
    PeerProcess peer = connections.admit(channel);
    go();
    awaitReuse();
    try {
      attestor.attest(peer, ALL);
      wrong++;
    } catch (PeerLostException asItShouldBe) {
      // The process that connected has gone.
    }
    over(channel);
  }

  private void whileAttesting() throws Exception {
    line();
    EpollDomainSocketChannel channel = channel();
    PeerProcess peer = connections.admit(channel);
    WorkloadFacts right = attestor.attest(peer, ALL);
    go();
    try {
      while (true) {
        if (!attestor.attest(peer, ALL).equals(right)) {
          wrong++;
        }
      }
    } catch (PeerLostException asItShouldBe) {
      // The process that connected has gone.
    }
    awaitReuse();
    over(channel);
  }

  private void awaitReuse() throws IOException {
    if (line().equals("REUSED")) {
      reused++;
    }
  }

  private void over(EpollDomainSocketChannel channel) throws Exception {
    channel.close().sync();
    go();
  }

  private EpollDomainSocketChannel channel() throws InterruptedException {
    EpollDomainSocketChannel channel = accepted.poll(10, TimeUnit.SECONDS);
    if (channel == null) {
      throw new AssertionError("nobody connected");
    }
    return channel;
  }

  private String line() throws IOException {
    String line = fromPeer.readLine();
    if (line == null) {
      throw new AssertionError("peer.py ended");
    }
    return line;
  }

  private void go() throws IOException {
    toPeer.write("go\n");
    toPeer.flush();
  }
}
