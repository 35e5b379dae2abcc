package dev.alts.peer;

/** Range of RPC protocol versions that a party speaks. */
public record RpcVersions(Version max, Version min) {
  /** What every public gRPC stack says: 2.1 and nothing else. */
  public static final RpcVersions GRPC = new RpcVersions(new Version(2, 1), new Version(2, 1));

  /** A version; ordered by major, then minor, as unsigned numbers. */
  public record Version(int major, int minor) implements Comparable<Version> {
    @Override
    public int compareTo(Version other) {
      int byMajor = Integer.compareUnsigned(major, other.major);
      return byMajor != 0 ? byMajor : Integer.compareUnsigned(minor, other.minor);
    }

    @Override
    public String toString() {
      return Integer.toUnsignedString(major) + "." + Integer.toUnsignedString(minor);
    }
  }

  /** {@return whether some version is in both ranges (handshake.md section 4)} */
  public boolean overlaps(RpcVersions other) {
    Version highest = max.compareTo(other.max) <= 0 ? max : other.max;
    Version lowest = min.compareTo(other.min) >= 0 ? min : other.min;
    return highest.compareTo(lowest) >= 0;
  }
}
