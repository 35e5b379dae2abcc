package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A version as an entity tag (RFC 9110 section 8.8.3), and the condition made of one. */
final class VersionTag {
  private static final Pattern ONE = Pattern.compile("\"([0-9]{1,18})\"");

  private VersionTag() {}

  static String of(long version) {
    return "\"%d\"".formatted(version);
  }

  /**
   * {@return the version that If-Match asks for; empty: whichever there is}
   *
   * <p>A condition that is not understood is refused. To leave it out would overwrite what the
   * admin wanted to keep.
   */
  static OptionalLong expected(@Nullable String ifMatch) {
    if (ifMatch == null || ifMatch.strip().equals("*")) {
      return OptionalLong.empty();
    }
    Matcher one = ONE.matcher(ifMatch.strip());
    if (!one.matches()) {
      throw RefusedRequestException.badRequest(
          "If-Match: expected the ETag of one version, like \"7\"");
    }
    return OptionalLong.of(Long.parseLong(one.group(1)));
  }
}
