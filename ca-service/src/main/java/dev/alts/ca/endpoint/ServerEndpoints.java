package dev.alts.ca.endpoint;

import dev.alts.ca.configuration.OwnerOnly;
import dev.alts.identity.document.RootFingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Collects where the CA listens and, once all of it is known, writes {@code endpoints.json}:
 * whoever waits for that file finds a CA that answers. Thread-safe.
 */
public final class ServerEndpoints {
  private static final Logger log = LoggerFactory.getLogger(ServerEndpoints.class);
  private static final String FILE = "endpoints.json";

  private final Path file;
  private RootFingerprint rootFingerprint;
  private @Nullable String machine;
  private @Nullable String admin;
  private @Nullable Path operatorSocket;
  private final Map<String, String> federation = new TreeMap<>();

  ServerEndpoints(Path dataDirectory, RootFingerprint rootFingerprint) {
    this.file = dataDirectory.resolve(FILE);
    this.rootFingerprint = rootFingerprint;
    try {
      // What the last run left says nothing about this one.
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + file, e);
    }
  }

  /** The Machine API answers at this address. */
  public synchronized void machineListens(InetSocketAddress address) {
    machine = hostAndPort(address);
    writeIfComplete();
  }

  /** The admin API answers at this address. */
  public synchronized void adminListens(InetSocketAddress address) {
    admin = hostAndPort(address);
    writeIfComplete();
  }

  /** A public port of federation answers at this address; known before the others are. */
  public synchronized void federationListens(String profile, InetSocketAddress address) {
    federation.put(profile, hostAndPort(address));
    writeIfComplete();
  }

  /** The operator's socket answers at this path. */
  public synchronized void operatorListens(Path socket) {
    operatorSocket = socket;
    writeIfComplete();
  }

  /** Join tokens and codes carry this root from now on. */
  synchronized void rootIs(RootFingerprint fingerprint) {
    if (!fingerprint.equals(rootFingerprint)) {
      rootFingerprint = fingerprint;
      writeIfComplete();
    }
  }

  /** {@return host:port of the Machine API; empty: it does not listen} */
  public synchronized String machineAddress() {
    return machine == null ? "" : machine;
  }

  private void writeIfComplete() {
    if (machine == null || admin == null || operatorSocket == null) {
      return;
    }
    Map<String, Object> endpoints = new LinkedHashMap<>();
    endpoints.put("machine", machine);
    endpoints.put("admin", admin);
    endpoints.put("operatorSocket", operatorSocket.toString());
    endpoints.put("rootFingerprint", rootFingerprint.toString());
    if (!federation.isEmpty()) {
      endpoints.put("federation", federation);
    }
    String json = JsonMapper.builder().build().writeValueAsString(endpoints);
    OwnerOnly.write(file, json.getBytes(StandardCharsets.UTF_8));
    log.info(
        "CA ready: machine={} admin={} operatorSocket={} rootFingerprint={}",
        machine,
        admin,
        operatorSocket,
        rootFingerprint);
  }

  private static String hostAndPort(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }
}
