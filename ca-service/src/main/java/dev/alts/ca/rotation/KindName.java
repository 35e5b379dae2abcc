package dev.alts.ca.rotation;

import dev.alts.identity.EntityKind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How people write an entity kind. */
public final class KindName {
  private KindName() {}

  public static String of(EntityKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  public static Optional<EntityKind> parse(String text) {
    return Stream.of(EntityKind.values()).filter(kind -> of(kind).equals(text)).findFirst();
  }
}
