package dev.alts.cli.spire.rules;

/**
 * An entry without a rule.
 *
 * @param why what about it, in words
 */
record Unmet(String entry, String spiffeId, Reason reason, String why) {
  /** Why an entry became no rule. */
  enum Reason {
    SELECTOR(
        true, "state the fact that means the same: --fact TYPE:KEY=FACT, or write a rule by hand"),
    GROUP_NAME(
        true, "replace the group's name by its number in SPIRE (unix:gid, unix:supplementary_gid)"),
    ADMIN(
        true,
        "make a human an admin of the CA: altsctl human enrol; --admin-identities takes"
            + " the identity alone"),
    DOWNSTREAM(true, "there are no CAs below the CA: have its trust domain trust this one"),
    STORE_SVID(true, "have the program fetch its certificate from the agent"),
    FOREIGN_DOMAIN(true, "import it at the CA of its trust domain"),
    PATH(true, "choose another path and tell its peers"),
    DNS_NAMES(
        true, "write a rule by hand: a rule has 16 names at most, in lower case, without '*'"),
    NO_SELECTORS(true, "write a rule by hand: it would be for every process"),
    TOO_LONG(true, "write a rule by hand"),
    EXPIRES(true, "write a rule by hand and take it away when it is time"),
    EXPIRED(false, "nothing"),
    NO_PARENT(false, "nothing, unless agents attest under this parent later: then export again"),
    AGENT_ONLY(false, "nothing: no process ever has such selectors"),
    CONTRADICTION(false, "nothing: no process ever has all its selectors"),
    BANNED_AGENT(false, "nothing, or altsctl ban");

    private final boolean granted;
    private final String todo;

    Reason(boolean granted, String todo) {
      this.granted = granted;
      this.todo = todo;
    }

    /** {@return whether SPIRE gives something by such an entry, so that something is lacking} */
    boolean grantsInSpire() {
      return granted;
    }

    String todo() {
      return todo;
    }
  }
}
