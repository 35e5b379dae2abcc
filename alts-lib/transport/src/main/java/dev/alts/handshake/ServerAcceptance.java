package dev.alts.handshake;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.NamingDecision;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision;
import dev.alts.peer.CredentialSnapshot;

/**
 * Whether an authenticated server is the right one (handshake.md section 8). Without this any
 * workload could stand in for any service. A human is a server only where a rule means that human.
 */
final class ServerAcceptance {
  private final CredentialSnapshot credential;
  private final ServerExpectation expected;

  ServerAcceptance(CredentialSnapshot credential, ServerExpectation expected) {
    this.credential = credential;
    this.expected = expected;
  }

  void require(AltsPeer server) throws AltsProtocolException {
    AuthorizationDecision decision =
        switch (expected) {
          case ServerExpectation.Explicit explicit -> explicit.authorizer().authorize(server);
          case ServerExpectation.Named named -> byName(named.target(), server);
        };
    switch (decision) {
      case AuthorizationDecision.Denied denied -> throw unauthorized(denied.reason());
      case AuthorizationDecision.Allowed allowed -> {
        if (server.facts().kind() == EntityKind.HUMAN && !allowed.byName()) {
          throw unauthorized("%s is a human, and nothing names it".formatted(server.id()));
        }
      }
    }
  }

  private AuthorizationDecision byName(String target, AltsPeer server) {
    NamingPolicy policy = credential.namingPolicy();
    if (policy == null) {
      // As the default mode says for a target without entry.
      return server.id().isMemberOf(credential.id().trustDomain())
          ? new AuthorizationDecision.Allowed(false)
          : new AuthorizationDecision.Denied(
              "%s is not of trust domain %s".formatted(server.id(), credential.id().trustDomain()));
    }
    return switch (policy.decide(target, server.id(), server.facts().kind())) {
      case NamingDecision.Named named -> new AuthorizationDecision.Allowed(true);
      case NamingDecision.MemberOfTrustDomain member -> new AuthorizationDecision.Allowed(false);
      case NamingDecision.Refused refused -> new AuthorizationDecision.Denied(refused.reason());
    };
  }

  private static AltsProtocolException unauthorized(String reason) {
    return new AltsProtocolException(Alert.UNAUTHORIZED, reason);
  }
}
