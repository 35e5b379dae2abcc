package dev.alts.cli.spire;

/**
 * A SPIFFE ID as SPIRE exports it, in two parts. Not checked: what an old server took may be none
 * that we take.
 */
public record SpireId(String trustDomain, String path) {
  /** Parent of every node alias. */
  private static final String SERVER = "/spire/server";

  private static final String AGENT = "/spire/agent/";

  boolean isServer() {
    return path.equals(SERVER);
  }

  /** {@return whether SPIRE keeps IDs of this form for agents} */
  public boolean isAgent() {
    return path.startsWith(AGENT);
  }

  @Override
  public String toString() {
    return "spiffe://" + trustDomain + path;
  }
}
