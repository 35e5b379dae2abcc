package dev.alts.ca.rotation;

import dev.alts.ca.authority.AuthorityStatus;
import java.util.List;

/** What became of a step that somebody asked for. */
public sealed interface RotationOutcome {
  /**
   * It is done and in the trust document.
   *
   * @param authorities that it moved
   * @param sequence of the trust document that says so
   */
  record Done(List<AuthorityStatus> authorities, long sequence) implements RotationOutcome {
    public Done {
      authorities = List.copyOf(authorities);
    }
  }

  /** Somebody would be left behind; with force it is done nevertheless. */
  record Hindered(List<Obstacle> obstacles) implements RotationOutcome {
    public Hindered {
      obstacles = List.copyOf(obstacles);
    }
  }

  /** It is not the time for this step, whatever force there is. */
  record OutOfTurn(String explanation) implements RotationOutcome {}
}
