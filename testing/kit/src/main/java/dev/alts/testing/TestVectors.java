package dev.alts.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Assumptions;

/** Public test vectors, in the directory that the system property {@code alts.vectors} names. */
public final class TestVectors {
  private TestVectors() {}

  /**
   * {@return the vector file as JSON; the test is skipped where it is absent}
   *
   * @param path below the directory, for example {@code wycheproof/x25519_test.json}
   */
  public static JsonObject read(String path) {
    String directory = System.getProperty("alts.vectors", "");
    Path file = Path.of(directory, path);
    Assumptions.assumeTrue(
        !directory.isEmpty() && Files.isReadable(file),
        () -> "public test vectors are absent: " + file + " (set -Dalts.vectors=DIRECTORY)");
    try (Reader reader = Files.newBufferedReader(file)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** {@return the bytes of a member in hexadecimal} */
  public static byte[] hex(JsonObject object, String member) {
    JsonElement value = object.get(member);
    if (value == null) {
      throw new IllegalArgumentException("vector has no member " + member);
    }
    return HexFormat.of().parseHex(value.getAsString());
  }
}
