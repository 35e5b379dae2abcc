package dev.alts.ca.configuration;

import org.jspecify.annotations.Nullable;

/** The CA must not start like this. Says what is wrong and what the operator can do about it. */
public final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  public StartRefusedException(String problem, String remedy) {
    super(problem + " " + remedy);
    this.remedy = remedy;
  }

  public StartRefusedException(String problem, String remedy, @Nullable Throwable cause) {
    super(problem + " " + remedy, cause);
    this.remedy = remedy;
  }

  /** {@return what the operator can do, as one sentence} */
  public String remedy() {
    return remedy;
  }
}
