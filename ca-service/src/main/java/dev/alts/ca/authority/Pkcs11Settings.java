package dev.alts.ca.authority;

import dev.alts.ca.configuration.CustodyProperties;
import dev.alts.ca.configuration.OwnerOnly;
import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which token, complete: a module that is there, one way to find the token, a file with the PIN.
 *
 * @param tokenLabel null if there is a slot
 */
record Pkcs11Settings(
    Path library, @Nullable String tokenLabel, @Nullable Long slot, Path pinFile) {
  static Pkcs11Settings of(CustodyProperties.Pkcs11 properties) {
    Path library = properties.library();
    if (library == null || !Files.isRegularFile(library)) {
      throw new StartRefusedException(
          library == null
              ? "alts.ca.pkcs11.library is not set."
              : "alts.ca.pkcs11.library: there is no file %s.".formatted(library),
          "Name the PKCS#11 module of your token's vendor, for example"
              + " /usr/lib/softhsm/libsofthsm2.so.");
    }
    String label = properties.tokenLabel();
    boolean hasLabel = label != null && !label.isBlank();
    if (hasLabel == (properties.slot() != null)) {
      throw new StartRefusedException(
          "Exactly one of alts.ca.pkcs11.token-label and alts.ca.pkcs11.slot must be set.",
          "Set alts.ca.pkcs11.token-label to the label that the token was initialized with.");
    }
    Path pinFile = properties.pinFile();
    if (pinFile == null || !Files.isRegularFile(pinFile)) {
      throw new StartRefusedException(
          pinFile == null
              ? "alts.ca.pkcs11.pin-file is not set."
              : "alts.ca.pkcs11.pin-file: there is no file %s.".formatted(pinFile),
          "Name a file of mode 0600 that holds the token's user PIN and nothing else.");
    }
    return new Pkcs11Settings(
        library.toAbsolutePath().normalize(), hasLabel ? label : null, properties.slot(), pinFile);
  }

  /** {@return the PIN, read now; the caller wipes it} */
  char[] readPin() {
    byte[] bytes = new byte[0];
    try {
      OwnerOnly.require(pinFile);
      bytes = Files.readAllBytes(pinFile);
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
      int end = text.length();
      while (end > 0 && Character.isWhitespace(text.get(end - 1))) {
        end--;
      }
      char[] pin = Arrays.copyOf(text.array(), end);
      Arrays.fill(text.array(), '\0');
      if (end == 0) {
        throw new StartRefusedException(
            "alts.ca.pkcs11.pin-file: %s is empty.".formatted(pinFile),
            "Write the token's user PIN into it.");
      }
      return pin;
    } catch (IOException e) {
      throw new UncheckedIOException("reading the PIN from " + pinFile, e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** {@return how people call the token} */
  String describeToken() {
    return tokenLabel == null ? "in slot " + slot : '"' + tokenLabel + '"';
  }
}
