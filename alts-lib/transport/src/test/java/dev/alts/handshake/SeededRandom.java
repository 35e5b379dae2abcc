package dev.alts.handshake;

import com.google.gson.JsonObject;
import dev.alts.identity.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Draws that follow from a name and can be written down: the script of a frozen vector. */
final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final String name;

  @SuppressWarnings("serial") // never serialised; SecureRandom only happens to be Serializable
  private final JsonObject draws = new JsonObject();

  SeededRandom(String name) {
    this.name = name;
  }

  @Override
  public synchronized void nextBytes(byte[] bytes) {
    String label = name + "/" + draws.size();
    ByteBuffer out = ByteBuffer.wrap(bytes);
    for (int block = 0; out.hasRemaining(); block++) {
      byte[] hash = sha256(label + "/" + block);
      out.put(hash, 0, Math.min(hash.length, out.remaining()));
    }
    draws.addProperty(label, Bytes.copyOf(bytes).toHex());
  }

  JsonObject draws() {
    return draws;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
