package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.authority.AuthoritySlot;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.JwtAuthority;
import dev.alts.ca.authority.OutOfTurnException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.jwt.JwtBundles;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Keys that sign JWT-SVIDs: what is published, and the steps of a rotation ahead of its time. */
@RestController
class JwtKeyEndpoint implements ApprovedAct {
  private final JwtAuthorities authorities;
  private final JwtBundles bundles;
  private final FourEyes fourEyes;
  private final AdminActs acts;

  JwtKeyEndpoint(
      JwtAuthorities authorities, JwtBundles bundles, FourEyes fourEyes, AdminActs acts) {
    this.authorities = authorities;
    this.bundles = bundles;
    this.fourEyes = fourEyes;
    this.acts = acts;
  }

  @GetMapping("/v1/jwt-keys")
  ItemList<KeyView> list() {
    authorities.refresh();
    return published();
  }

  @PostMapping(path = "/v1/jwt-keys/{step}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ItemList<KeyView> take(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("step") String step,
      @RequestBody StepText request) {
    String reason = Reason.require(request.reason());
    String by = admin.auditName();
    return switch (step) {
      case "prepare" -> act(admin, step, "the next JWT key", reason, () -> authorities.prepare(by));
      case "activate" ->
          act(admin, step, "the prepared JWT key", reason, () -> authorities.activate(by));
      case "revoke" -> {
        String keyId = keyId(request);
        fourEyes.require(
            admin,
            new FourEyes.Act(ActKind.REVOKE, operation(), request, "JWT key " + keyId, reason));
        yield act(admin, step, "JWT key " + keyId, reason, () -> authorities.revoke(keyId, by));
      }
      default ->
          throw RefusedRequestException.badRequest("step: expected prepare, activate or revoke");
    };
  }

  private ItemList<KeyView> act(
      AuthenticatedHuman admin, String step, String target, String reason, Runnable effect) {
    return acts.perform(
        admin,
        "jwt-keys." + step,
        target,
        reason,
        () -> {
          try {
            effect.run();
          } catch (OutOfTurnException e) {
            throw RefusedRequestException.of(
                HttpStatus.CONFLICT,
                String.valueOf(e.getMessage()),
                "altsctl authority jwt-keys list");
          }
          // Agents have the key set now, not when upkeep comes round.
          bundles.publish();
          return published();
        });
  }

  @Override
  public String operation() {
    return "jwt-keys/revoke";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    WithinReach.requirePermission(human, Permission.AUTHORITY_CHANGE);
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    return take(requester, "revoke", FourEyes.read(request, StepText.class));
  }

  private ItemList<KeyView> published() {
    return new ItemList<>(authorities.published().stream().map(KeyView::of).toList(), null);
  }

  private static String keyId(StepText request) {
    String keyId = request.keyId();
    if (keyId == null || !keyId.matches("[0-9a-f]{32}")) {
      throw RefusedRequestException.badRequest("keyId: expected 32 hexadecimal digits");
    }
    return keyId;
  }

  /**
   * @param keyId the {@code kid} of the key that revoke is about; absent for other steps
   */
  record StepText(@Nullable String keyId, @Nullable String reason) {}

  /**
   * @param slot absent: it signs no more
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyView(String keyId, @Nullable String slot, String state, Instant notAfter) {
    static KeyView of(JwtAuthority authority) {
      return new KeyView(
          authority.keyId(),
          authority.slot().map(AuthoritySlot::name).map(KeyView::lower).orElse(null),
          lower(authority.life().name()),
          authority.notAfter());
    }

    private static String lower(String name) {
      return name.toLowerCase(Locale.ROOT);
    }
  }
}
