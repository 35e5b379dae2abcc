package dev.alts.credentials;

import java.nio.file.Path;

/** Path of the agent's Unix socket, and how a process finds it. */
public record AgentSocket(Path path) {
  /** System property that names the socket; it wins over the environment. */
  public static final String PROPERTY = "alts.agent.socket";

  /** Environment variable that names the socket. */
  public static final String ENVIRONMENT = "ALTS_AGENT_SOCKET";

  /** Where a packaged agent listens. */
  public static final Path DEFAULT_PATH = Path.of("/run/alts/agent.sock");

  // struct sockaddr_un holds 108 bytes with the terminating zero; the kernel would cut or refuse
  private static final int MAX_PATH_BYTES = 107;

  public AgentSocket {
    path = path.toAbsolutePath().normalize();
    int length = path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (length > MAX_PATH_BYTES) {
      throw new IllegalArgumentException(
          "agent socket: %s has %d bytes (expected: at most %d)"
              .formatted(path, length, MAX_PATH_BYTES));
    }
  }

  /** {@return the socket that the system property, else the environment, else the default names} */
  public static AgentSocket ofThisProcess() {
    String named = System.getProperty(PROPERTY, System.getenv(ENVIRONMENT));
    return new AgentSocket(named == null || named.isBlank() ? DEFAULT_PATH : Path.of(named));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
