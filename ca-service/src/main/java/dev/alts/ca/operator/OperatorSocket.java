package dev.alts.ca.operator;

import dev.alts.api.operator.v1.OperatorResponse;
import dev.alts.ca.backup.DatabaseBackup;
import dev.alts.ca.configuration.DataDirectory;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.endpoint.ServerEndpoints;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The CA's local socket, {@code <data directory>/operator.sock}: mode 0600 in a directory of mode
 * 0700, and the kernel's word for who connected on top of that, since one wrong chmod must not make
 * an admin.
 *
 * <p>One request a connection, one connection at a time: its few callers are people, and a stalled
 * one is gone after {@link #PATIENCE}.
 */
@Component
class OperatorSocket implements SmartLifecycle {
  static final String FILE_NAME = "operator.sock";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
  private static final Logger log = LoggerFactory.getLogger(OperatorSocket.class);

  private final Path path;
  private final OperatorRequests requests;
  private final ServerEndpoints endpoints;
  private final DatabaseBackup backup;
  private volatile @Nullable ServerSocketChannel listener;

  OperatorSocket(
      DataDirectory directory,
      OperatorRequests requests,
      ServerEndpoints endpoints,
      DatabaseBackup backup) {
    this.path = directory.path().resolve(FILE_NAME);
    this.requests = requests;
    this.endpoints = endpoints;
    this.backup = backup;
  }

  @Override
  public void start() {
    try {
      ServerSocketChannel bound = bind();
      // The file was made with our own uid, whatever its name is.
      AllowedCallers callers = AllowedCallers.rootAnd(Files.getOwner(path));
      listener = bound;
      Thread.ofVirtual().name("operator-socket").start(() -> serve(bound, callers));
    } catch (IOException e) {
      throw new StartRefusedException(
          "The operator socket %s cannot be made: %s.".formatted(path, e.getMessage()),
          "Check that the directory is the CA's own, and that its path has less than 90 bytes.",
          e);
    }
    endpoints.operatorListens(path);
  }

  @Override
  public void stop() {
    ServerSocketChannel bound = listener;
    listener = null;
    if (bound == null) {
      return;
    }
    try {
      bound.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("operator socket left behind path={} cause={}", path, e.getMessage());
    }
  }

  @Override
  public boolean isRunning() {
    return listener != null;
  }

  private ServerSocketChannel bind() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    if (Files.exists(path)) {
      requireNobodyServes(address);
      Files.delete(path);
    }
    ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      bound.bind(address);
      // Until here only the directory's mode keeps others out, and it does.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      bound.close();
      throw e;
    }
    return bound;
  }

  private void requireNobodyServes(UnixDomainSocketAddress address) {
    try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.connect(address);
    } catch (IOException nobodyListens) {
      log.debug("stale operator socket path={} cause={}", path, nobodyListens.getMessage());
      return;
    }
    throw new StartRefusedException(
        "Another CA serves %s.".formatted(path), "Stop it, or give this one its own directory.");
  }

  private void serve(ServerSocketChannel bound, AllowedCallers callers) {
    while (bound.isOpen()) {
      try (SocketChannel channel = bound.accept()) {
        serve(channel, callers);
      } catch (ClosedChannelException stopped) {
        log.debug("operator socket or connection closed cause={}", stopped.toString());
      } catch (IOException | RuntimeException e) {
        // Whatever one caller did or met, the next one is served; but out of descriptors, say,
        // every
        // accept fails at once.
        log.warn("operator request failed cause={}", e.toString());
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
      }
    }
  }

  private void serve(SocketChannel channel, AllowedCallers callers) throws IOException {
    UserPrincipal caller = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (!callers.allow(caller)) {
      log.warn("operator socket refused caller={}", caller.getName());
      return;
    }
    try (OperatorConnection connection = new OperatorConnection(channel, PATIENCE)) {
      OperatorResponse answer = requests.answer(connection.read(), caller.getName());
      connection.write(answer);
      if (answer.hasBackup()) {
        backup.write(connection.stream(), endpoints.machineAddress());
      }
    }
  }
}
