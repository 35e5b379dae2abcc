package dev.alts.peer;

import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import java.util.Set;

/**
 * Decides whether an authenticated peer is accepted. Called once per connection, after the peer has
 * proven its identity and before any data; must be quick and must not block.
 */
@FunctionalInterface
public interface PeerAuthorizer {
  AuthorizationDecision authorize(AltsPeer peer);

  /** {@return an authorizer that accepts exactly this identity} */
  static PeerAuthorizer allow(SpiffeId id) {
    return anyOf(Set.of(id));
  }

  /** {@return an authorizer that accepts exactly these identities} */
  static PeerAuthorizer anyOf(Set<SpiffeId> ids) {
    Set<SpiffeId> allowed = Set.copyOf(ids);
    return peer ->
        allowed.contains(peer.id())
            ? new Allowed(true)
            : new Denied("%s is not among the %d allowed".formatted(peer.id(), allowed.size()));
  }

  /** {@return an authorizer that accepts machines and workloads of a trust domain} */
  static PeerAuthorizer memberOf(TrustDomain domain) {
    return peer -> {
      if (!peer.id().isMemberOf(domain)) {
        return new Denied("%s is not in trust domain %s".formatted(peer.id(), domain));
      }
      return peer.facts().kind() == EntityKind.HUMAN
          ? new Denied("%s is a human (allowed: machines, workloads)".formatted(peer.id()))
          : new Allowed(false);
    };
  }

  /** {@return an authorizer that accepts humans of a trust domain} */
  static PeerAuthorizer humans(TrustDomain domain) {
    return peer ->
        peer.facts().kind() == EntityKind.HUMAN && peer.id().isMemberOf(domain)
            ? new Allowed(true)
            : new Denied("%s is not a human of %s".formatted(peer.id(), domain));
  }

  /**
   * {@return an authorizer that accepts whoever is authenticated}
   *
   * <p>For a server whose methods authorize for themselves. A client that uses it gives up knowing
   * which server is the right one.
   */
  static PeerAuthorizer anyAuthenticated() {
    return peer -> new Allowed(false);
  }

  /** {@return an authorizer that accepts what this one or {@code other} accepts} */
  default PeerAuthorizer or(PeerAuthorizer other) {
    return peer ->
        switch (authorize(peer)) {
          case Allowed allowed -> allowed;
          case Denied first ->
              switch (other.authorize(peer)) {
                case Allowed allowed -> allowed;
                case Denied second -> new Denied(first.reason() + "; " + second.reason());
              };
        };
  }
}
