package dev.alts.agent.credentials;

import dev.alts.api.policy.v1.AuthorizationPolicy;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.api.policy.v1.RevocationPolicy;
import org.jspecify.annotations.Nullable;

/** The policies that the CA has pushed; each absent until it has. */
public record Policies(
    @Nullable RecordPolicy records,
    @Nullable RevocationPolicy revocation,
    @Nullable AuthorizationPolicy authorization) {
  static final Policies NONE = new Policies(null, null, null);

  public Policies with(RecordPolicy newer) {
    return new Policies(newer, revocation, authorization);
  }

  public Policies with(RevocationPolicy newer) {
    return new Policies(records, newer, authorization);
  }

  public Policies with(AuthorizationPolicy newer) {
    return new Policies(records, revocation, newer);
  }
}
