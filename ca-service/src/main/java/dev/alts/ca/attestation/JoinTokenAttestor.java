package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;
import org.springframework.stereotype.Component;

/** Evidence is the 32 bytes of a join token's secret; redeeming it is the proof. */
@Component
class JoinTokenAttestor implements MachineAttestor {
  static final String NAME = "join-token";

  private final JoinTokens tokens;

  JoinTokenAttestor(JoinTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public AttestationStep begin(Bytes evidence) {
    return tokens
        .redeem(evidence)
        .<AttestationStep>map(AttestationStep.Proven::new)
        .orElseGet(
            () -> new AttestationStep.Refused("join token unknown, used or older than 10 minutes"));
  }
}
