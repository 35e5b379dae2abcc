package dev.alts.endpoint;

import dev.alts.identity.document.NamingDecision;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.peer.AllOf;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource.Registration;
import dev.alts.peer.PeerAuthorizer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of a client whose servers the naming policy chose: a new policy judges them
 * again (handshake.md sections 7 and 8). Thread-safe.
 */
public final class NamedServers {
  private final Set<Named> open = ConcurrentHashMap.newKeySet();

  /** Two connections are never the same, however equal their peers. */
  private static final class Named {
    private final String target;
    private final AltsPeer server;
    private final ConnectionControl control;

    Named(String target, AltsPeer server, ConnectionControl control) {
      this.target = target;
      this.server = server;
      this.control = control;
    }
  }

  /** Registers a connection; the registration is closed with it. */
  public Registration add(String target, AltsPeer server, ConnectionControl control) {
    Named named = new Named(target, server, control);
    open.add(named);
    return () -> open.remove(named);
  }

  /** Cuts what the naming policy of {@code snapshot} does not accept any more. */
  public void judge(CredentialSnapshot snapshot) {
    AllOf<String> cuts = new AllOf<>();
    boolean unused = open.removeIf(named -> isCut(snapshot, named, cuts));
    cuts.rethrow();
  }

  private static boolean isCut(CredentialSnapshot snapshot, Named named, AllOf<String> cuts) {
    return switch (decide(snapshot, named.target, named.server)) {
      case Allowed allowed -> false;
      case Denied denied -> {
        cuts.run(named.control::cut, "naming policy: " + denied.reason());
        yield true;
      }
    };
  }

  /** {@return whether {@code server} may answer for {@code target}} */
  public static AuthorizationDecision decide(
      CredentialSnapshot snapshot, String target, AltsPeer server) {
    NamingPolicy policy = snapshot.namingPolicy();
    if (policy == null) {
      return PeerAuthorizer.memberOf(snapshot.id().trustDomain()).authorize(server);
    }
    return switch (policy.decide(target, server.id(), server.facts().kind())) {
      case NamingDecision.Named named -> new Allowed(true);
      case NamingDecision.MemberOfTrustDomain member -> new Allowed(false);
      case NamingDecision.Refused refused -> new Denied(refused.reason());
    };
  }
}
