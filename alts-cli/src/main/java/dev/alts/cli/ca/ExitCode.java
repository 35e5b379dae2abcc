package dev.alts.cli.ca;

/** How altsctl ends, for scripts. */
public enum ExitCode {
  OK(0),
  /** Refused by the CA or a peer, or failed. */
  FAILED(1),
  /** The command itself is wrong. */
  USAGE(2),
  /** Nobody answered; the same command may succeed later. */
  UNREACHABLE(3),
  /** Done, but not all of it: what is left needs a human. */
  INCOMPLETE(4),
  /** Not done: the act takes a second admin, whom it waits for. */
  AWAITS_APPROVAL(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
