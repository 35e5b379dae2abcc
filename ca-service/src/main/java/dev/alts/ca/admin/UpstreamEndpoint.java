package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.authority.AuthoritySlot;
import dev.alts.ca.authority.UpstreamChain;
import dev.alts.ca.authority.UpstreamChains;
import dev.alts.ca.authority.UpstreamOffer;
import dev.alts.ca.authority.UpstreamRequest;
import dev.alts.ca.authority.UpstreamStatus;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Certificates of an upstream CA for the authorities of workloads. */
@RestController
class UpstreamEndpoint {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final String HINT = "altsctl authority upstream list";

  private final UpstreamChains chains;
  private final AdminActs acts;

  UpstreamEndpoint(UpstreamChains chains, AdminActs acts) {
    this.chains = chains;
    this.acts = acts;
  }

  @GetMapping("/v1/upstream-chains")
  Chains list() {
    return new Chains(chains.list().stream().map(ChainView::of).toList(), null);
  }

  @PostMapping(path = "/v1/upstream-chains/request", consumes = MediaType.APPLICATION_JSON_VALUE)
  Requested request(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RequestText text) {
    String reason = Reason.require(text.reason());
    AuthoritySlot slot = text.parsedSlot();
    UpstreamRequest request =
        perform(
            admin,
            "upstream.request",
            "workload authority, " + slot.name().toLowerCase(Locale.ROOT),
            reason,
            () -> chains.request(slot));
    return new Requested(
        request.authority().toHex(),
        request.subject(),
        Base64.getEncoder().encodeToString(request.der().toByteArray()));
  }

  @PostMapping(path = "/v1/upstream-chains", consumes = MediaType.APPLICATION_JSON_VALUE)
  ChainView install(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody InstallText text) {
    String reason = Reason.require(text.reason());
    UpstreamOffer offer = text.parsed();
    return ChainView.of(
        perform(
            admin,
            "upstream.install",
            "workload authority %s under root %s"
                .formatted(offer.authority().toHex(), Sha256.of(offer.root().der()).toHex()),
            reason,
            () -> chains.install(offer, admin.auditName())));
  }

  @PostMapping(path = "/v1/upstream-chains/remove", consumes = MediaType.APPLICATION_JSON_VALUE)
  Chains remove(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RemoveText text) {
    String reason = Reason.require(text.reason());
    Bytes authority = text.parsed();
    return perform(
        admin,
        "upstream.remove",
        "workload authority " + authority.toHex(),
        reason,
        () -> {
          chains.remove(authority);
          return list();
        });
  }

  private <T> T perform(
      AuthenticatedHuman admin, String act, String target, String reason, Supplier<T> effect) {
    try {
      return acts.perform(admin, act, target, reason, effect);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw RefusedRequestException.of(HttpStatus.CONFLICT, String.valueOf(e.getMessage()), HINT);
    }
  }

  /**
   * @param kind workload and no other
   * @param slot current or next; absent: current
   */
  record RequestText(@Nullable String kind, @Nullable String slot, @Nullable String reason) {
    private AuthoritySlot parsedSlot() {
      if (!"workload".equals(kind)) {
        throw RefusedRequestException.badRequest(
            "kind: expected workload; certificates of machines and humans are shown to ALTS only");
      }
      return switch (slot) {
        case null -> AuthoritySlot.CURRENT;
        case "current" -> AuthoritySlot.CURRENT;
        case "next" -> AuthoritySlot.NEXT;
        default -> throw RefusedRequestException.badRequest("slot: expected current or next");
      };
    }
  }

  /**
   * @param chain PEM: the authority's certificate, intermediates, the root last
   */
  record InstallText(@Nullable String chain, @Nullable String reason) {
    private UpstreamOffer parsed() {
      if (chain == null) {
        throw RefusedRequestException.badRequest("chain: expected certificates in PEM");
      }
      try {
        return UpstreamOffer.parse(chain);
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * @param authority SHA-256 of its public key, lower-case hexadecimal
   */
  record RemoveText(@Nullable String authority, @Nullable String reason) {
    private Bytes parsed() {
      if (authority == null || !SHA256.matcher(authority).matches()) {
        throw RefusedRequestException.badRequest(
            "authority: expected the SHA-256 of its key, 64 lower-case hexadecimal digits");
      }
      return Bytes.fromHex(authority);
    }
  }

  /**
   * @param csr DER in base64
   */
  record Requested(String authority, String subject, String csr) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Chains(List<ChainView> items, @Nullable String next) {}

  /**
   * @param sha256 of the authority's public key
   * @param rootSha256 of the root's certificate, as other tools show it
   * @param certificates how many go behind each leaf
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ChainView(
      String kind,
      String authorityState,
      String sha256,
      String state,
      @Nullable String root,
      @Nullable String rootSha256,
      @Nullable Integer certificates,
      @Nullable Instant notAfter,
      @Nullable Instant installedAt,
      @Nullable String installedBy) {
    static ChainView of(UpstreamStatus status) {
      String kind = status.authority().kind().name().toLowerCase(Locale.ROOT);
      String life = status.authority().life().name().toLowerCase(Locale.ROOT);
      String sha256 = status.authority().spkiSha256().toHex();
      String state = status.standing().name().toLowerCase(Locale.ROOT).replace('_', '-');
      UpstreamChain chain = status.chain();
      if (chain == null) {
        return new ChainView(kind, life, sha256, state, null, null, null, null, null, null);
      }
      return new ChainView(
          kind,
          life,
          sha256,
          state,
          chain.rootName(),
          Sha256.of(chain.root()).toHex(),
          chain.certificates().size(),
          chain.notAfter(),
          chain.installedAt(),
          chain.installedBy());
    }
  }
}
