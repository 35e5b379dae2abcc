package dev.alts.ca.revocation;

import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;

/** What is to be revoked (handshake.md section 7). */
public sealed interface RevocationTarget {
  /** {@return how the audit log calls it} */
  String describe();

  /** One certificate. */
  record Certificate(RevocationId id) implements RevocationTarget {
    @Override
    public String describe() {
      return "certificate " + id;
    }
  }

  /** Everything that was issued to an identity until now. */
  record Subject(SpiffeId id) implements RevocationTarget {
    @Override
    public String describe() {
      return "subject " + id;
    }
  }

  /** Everything that was issued on a machine until now. */
  record Machine(MachineName name) implements RevocationTarget {
    @Override
    public String describe() {
      return "machine " + name;
    }
  }

  /** Everything that an issuing authority signed. */
  record Authority(Bytes spkiSha256) implements RevocationTarget {
    @Override
    public String describe() {
      return "authority " + spkiSha256;
    }
  }

  /** Every resumption of sessions with an identity as the server. */
  record Resumption(SpiffeId server) implements RevocationTarget {
    @Override
    public String describe() {
      return "resumption " + server;
    }
  }
}
