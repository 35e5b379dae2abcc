package dev.alts.cli.ca;

import org.jspecify.annotations.Nullable;

/** A command that cannot do what it was asked for; the message and the hint are for its user. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final @Nullable String hint;

  private CommandFailedException(
      ExitCode exitCode, String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public static CommandFailedException refused(String message, @Nullable String hint) {
    return new CommandFailedException(ExitCode.FAILED, message, hint, null);
  }

  public static CommandFailedException failed(String message, @Nullable String hint, Throwable e) {
    return new CommandFailedException(ExitCode.FAILED, message, hint, e);
  }

  public static CommandFailedException usage(String message, @Nullable String hint) {
    return new CommandFailedException(ExitCode.USAGE, message, hint, null);
  }

  public static CommandFailedException unreachable(String message, String hint, Throwable e) {
    return new CommandFailedException(ExitCode.UNREACHABLE, message, hint, e);
  }

  /** What was asked for is kept until another admin decides. */
  public static CommandFailedException awaitsApproval(String message, String hint) {
    return new CommandFailedException(ExitCode.AWAITS_APPROVAL, message, hint, null);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** {@return what to do about it, or null if the message says it} */
  public @Nullable String hint() {
    return hint;
  }
}
