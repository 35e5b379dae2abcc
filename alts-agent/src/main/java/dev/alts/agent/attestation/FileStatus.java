package dev.alts.agent.attestation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** Owner and mode of a file, as {@code stat} gives them. */
public record FileStatus(int uid, int mode) {
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_SOCKET = 0140000;
  private static final int TYPE_LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int GROUP_OR_OTHER = 0077;
  private static final int GROUP_OR_OTHER_WRITE = 0022;

  /** {@return the status of the file itself, not of what a link leads to} */
  public static FileStatus of(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    if (attributes.get("uid") instanceof Integer uid
        && attributes.get("mode") instanceof Integer mode) {
      return new FileStatus(uid, mode);
    }
    throw new IOException("%s: its file system has no owners".formatted(path));
  }

  public boolean isSocket() {
    return (mode & TYPE_MASK) == TYPE_SOCKET;
  }

  public boolean isLink() {
    return (mode & TYPE_MASK) == TYPE_LINK;
  }

  public boolean isSticky() {
    return (mode & STICKY) != 0;
  }

  public boolean isOpenToOthers() {
    return (mode & GROUP_OR_OTHER) != 0;
  }

  public boolean isWritableByOthers() {
    return (mode & GROUP_OR_OTHER_WRITE) != 0;
  }

  @Override
  public String toString() {
    return "user %s, mode %o".formatted(Integer.toUnsignedString(uid), mode & 07777);
  }
}
