package dev.alts.ca.machine;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.naming.NamingPolicyVersion;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.NamingDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Whether one party may call another, as far as the CA knows: who they are, whether they hold
 * anything that counts, and whether the server may answer for the target.
 *
 * <p>It gives out no authorization policy. Whether a server lets a client in is decided in the
 * server's process, by its {@code PeerAuthorizer}; that is said and not guessed.
 */
@Component
public class CallExplanations {
  private final CaSettings settings;
  private final StateThen then;
  private final NamingPolicies naming;
  private final DomainPolicies policies;

  CallExplanations(
      CaSettings settings, StateThen then, NamingPolicies naming, DomainPolicies policies) {
    this.settings = settings;
    this.then = then;
    this.naming = naming;
    this.policies = policies;
  }

  /** Whose call, at which time; an empty target: not known. */
  public record Call(SpiffeId client, SpiffeId server, String target, Instant at) {}

  /** {@return what is known, in the order in which the parties themselves check it} */
  public List<Circumstance> explain(Call call) {
    List<Circumstance> known = new ArrayList<>();
    known.addAll(party("client", call.client(), call.at()));
    known.addAll(party("server", call.server(), call.at()));
    if (!call.target().isEmpty()) {
      known.add(name(call));
    }
    known.add(
        new Circumstance(
            "authorization",
            false,
            "the CA gives out no authorization policy: whether %s lets %s in is decided by the"
                    .formatted(call.server(), call.client())
                + " server's own PeerAuthorizer, and its process reports denials to its agent",
            null));
    return known;
  }

  private List<Circumstance> party(String role, SpiffeId id, Instant at) {
    if (!id.isMemberOf(settings.trustDomain())) {
      return List.of(foreign(role, id));
    }
    if (EntityKind.ofPath(id).isEmpty()) {
      return List.of(
          new Circumstance(role, true, "no entity may be called %s".formatted(id), null));
    }
    List<Circumstance> known = new ArrayList<>();
    Optional<RecordedCertificate> newest = then.newest(id, "", at);
    if (newest.isEmpty()) {
      known.add(
          new Circumstance(
              role,
              true,
              "%s holds no certificate that is live: altsctl explain svid or denials say why"
                  .formatted(id),
              null));
    }
    for (Circumstance each : then.ofIdentity(id, at)) {
      known.add(new Circumstance(role, each.inTheWay(), each.text(), each.since()));
    }
    newest
        .map(certificate -> then.ofCertificate(certificate, at))
        .orElse(List.of())
        .forEach(each ->
            known.add(
                new Circumstance(
                    role,
                    each.inTheWay(),
                    "of its newest certificate: " + each.text(),
                    each.since())));
    return known;
  }

  private Circumstance foreign(String role, SpiffeId id) {
    boolean pinned =
        policies
            .foreignDomains()
            .map(policy ->
                policy.getDomainsList().stream()
                    .anyMatch(domain -> domain.getTrustDomain().equals(id.trustDomain().name())))
            .orElse(false);
    return pinned
        ? new Circumstance(
            role,
            false,
            "%s is of the foreign trust domain %s, which is accepted now; what it holds only its"
                    .formatted(id, id.trustDomain())
                + " own CA knows",
            null)
        : new Circumstance(
            role,
            true,
            "%s is of trust domain %s, which is not ours and in no policy"
                .formatted(id, id.trustDomain()),
            null);
  }

  private Circumstance name(Call call) {
    Optional<NamingPolicyVersion> version = naming.inForceAt(call.at());
    if (version.isEmpty()) {
      return new Circumstance("naming", true, "there was no naming policy yet", null);
    }
    NamingDecision decision =
        EntityKind.ofPath(call.server())
            .<NamingDecision>map(
                kind -> version.get().policy().decide(call.target(), call.server(), kind))
            .orElseGet(() -> new NamingDecision.Refused("no entity may be called so"));
    String by = " (naming policy %d)".formatted(version.get().policy().version());
    Instant since = version.get().policy().issuedAt();
    return switch (decision) {
      case NamingDecision.Named named ->
          new Circumstance(
              "naming", false, "named by the entry " + named.entry().targetPattern() + by, since);
      case NamingDecision.MemberOfTrustDomain _ ->
          new Circumstance("naming", false, "no entry, and the mode is trust-domain" + by, since);
      case NamingDecision.Refused refused ->
          new Circumstance("naming", true, refused.reason() + by, since);
    };
  }
}
