package dev.alts.agent.credentials;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure of which the CA said when it makes sense to ask again. */
public interface TryLater {
  /** {@return the least that is to be waited; zero: the CA did not say} */
  Duration retryAfter();

  /** {@return what {@code failure}, or what it was caused by, says; zero: nothing} */
  static Duration of(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TryLater later) {
        return later.retryAfter();
      }
    }
    return Duration.ZERO;
  }
}
