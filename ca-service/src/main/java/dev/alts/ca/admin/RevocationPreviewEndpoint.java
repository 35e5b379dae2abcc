package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.revocation.RevocationReach;
import dev.alts.ca.revocation.RevocationReach.Preview;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a revocation would hit, said before it is done. Changes nothing. */
@RestController
class RevocationPreviewEndpoint {
  private final RevocationReach reach;
  private final RevocationScope scope;
  private final WithinReach within;

  RevocationPreviewEndpoint(RevocationReach reach, RevocationScope scope, WithinReach within) {
    this.reach = reach;
    this.scope = scope;
    this.within = within;
  }

  /** The body is that of a revocation; a reason is not needed. */
  @PostMapping(path = "/v1/revocations/preview", consumes = MediaType.APPLICATION_JSON_VALUE)
  Previewed preview(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestBody RevocationText request,
      @RequestParam @Nullable Integer limit) {
    RevocationTarget target = request.target();
    scope.require(admin, Permission.REVOCATION_READ, target);
    boolean ban = request.requireBan(target);
    int names = PageRequest.of(limit, null).limit();
    return Previewed.of(
        target,
        ban,
        admin.spiffeId(),
        reach.preview(target, names),
        id -> within.reaches(admin, Permission.REVOCATION_READ, SpiffeId.parse(id)),
        name -> within.reaches(admin, Permission.REVOCATION_READ, new MachineName(name)));
  }

  /** How many names of a kind there are, and of the first ones those that the caller may see. */
  record Names(long count, List<String> first) {
    static Names of(long count, List<String> first, Predicate<String> visible) {
      return new Names(count, first.stream().filter(visible).toList());
    }
  }

  /**
   * @param certificates how many that have not expired are void then
   * @param profiles how many of each profile
   * @param sessionKeys identities whose resumption keys would be replaced
   * @param channels which kinds of connections end: {@code alts}, {@code tls}, {@code agent},
   *     {@code human}, {@code ca}
   * @param expelled the machine that would have to attest again
   * @param hitsYou whether the caller's own login would end
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Previewed(
      String target,
      boolean ban,
      long certificates,
      Map<String, Long> profiles,
      Names identities,
      Names machines,
      Names sessionKeys,
      List<String> channels,
      @Nullable String expelled,
      boolean hitsYou) {
    static Previewed of(
        RevocationTarget target,
        boolean ban,
        SpiffeId caller,
        Preview preview,
        Predicate<String> identityIsVisible,
        Predicate<String> machineIsVisible) {
      Map<String, Long> profiles = new TreeMap<>();
      TreeSet<String> channels = new TreeSet<>();
      preview
          .hit()
          .byProfile()
          .forEach((profile, count) -> {
            profiles.put(profile.name(), count);
            channels.add(channelsOf(profile));
          });
      if (preview.holderCount() > 0) {
        channels.add("alts");
      }
      return new Previewed(
          target.describe(),
          ban,
          preview.hit().certificates(),
          profiles,
          Names.of(preview.hit().identityCount(), preview.hit().identities(), identityIsVisible),
          Names.of(preview.hit().machineCount(), preview.hit().machines(), machineIsVisible),
          Names.of(preview.holderCount(), preview.holders(), identityIsVisible),
          List.copyOf(channels),
          preview.machine().map(MachineName::text).orElse(null),
          target instanceof RevocationTarget.Subject subject && subject.id().equals(caller));
    }

    private static String channelsOf(CertificateProfile profile) {
      return switch (profile) {
        case WORKLOAD_MASTER, MACHINE_MASTER -> "alts";
        case WORKLOAD_HANDED_OUT -> "tls";
        case MACHINE_TLS -> "agent";
        case HUMAN_MASTER, HUMAN_TLS -> "human";
        case CA_TLS -> "ca";
      };
    }
  }
}
