package dev.alts.record;

/** Which way a frame travels; the two directions share keys and never a nonce. */
public enum Direction {
  CLIENT_TO_SERVER,
  SERVER_TO_CLIENT;

  /** {@return what the client, or the server, sends} */
  public static Direction sentBy(boolean client) {
    return client ? CLIENT_TO_SERVER : SERVER_TO_CLIENT;
  }
}
