package dev.alts.ca.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Appends to a file, durably. The file is opened for each line, so that it can be moved away while
 * the CA runs.
 */
final class FileSink implements CheckpointSink {
  private static final Pattern NUMBER = Pattern.compile("\"number\":([0-9]{1,18})");

  private final Path file;
  private long last;

  FileSink(Path file) {
    this.file = file.toAbsolutePath();
    this.last = lastOf(this.file);
  }

  @Override
  public long last() {
    return last;
  }

  @Override
  public void take(KeptCheckpoint checkpoint, String line) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
      // One write, so that a line is never mixed with another writer's.
      String whole = (endsWithinALine() ? "\n" : "") + line + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        var _ = channel.write(bytes);
      }
      channel.force(true);
    }
    last = checkpoint.number();
  }

  /** A crash or a full disk may have cut the last one short. */
  private boolean endsWithinALine() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer end = ByteBuffer.allocate(1);
      return channel.size() > 0 && channel.read(end, channel.size() - 1) == 1 && end.get(0) != '\n';
    }
  }

  @Override
  public void close() {}

  private static long lastOf(Path file) {
    if (!Files.exists(file)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.mapToLong(FileSink::number).max().orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("alts.ca.audit.sink-file: reading " + file, e);
    }
  }

  private static long number(String line) {
    // The number is near the beginning, also of a line that has no end and is to be written again.
    if (!line.endsWith("}")) {
      return 0;
    }
    Matcher matcher = NUMBER.matcher(line);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
