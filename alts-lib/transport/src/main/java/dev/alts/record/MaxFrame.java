package dev.alts.record;

/** The range in which the largest frame of a direction is agreed (handshake.md section 5). */
public final class MaxFrame {
  public static final int SMALLEST = 16 * 1024;
  public static final int LARGEST = 1024 * 1024;

  private MaxFrame() {}

  /** {@return a peer's value brought into the range; 0, or none, means the smallest} */
  public static int clamp(int claimed) {
    if (Integer.compareUnsigned(claimed, LARGEST) > 0) {
      return LARGEST;
    }
    return Math.max(claimed, SMALLEST);
  }
}
