package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.authority.DocumentKeyStatus;
import dev.alts.ca.rotation.DocumentKeySuccession;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.identity.crypto.Sha256;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Keys for revocation lists, naming policies and audit checkpoints, and their successors. */
@RestController
class DocumentKeyEndpoint {
  private final DocumentKeySuccession succession;
  private final AdminActs acts;

  DocumentKeyEndpoint(DocumentKeySuccession succession, AdminActs acts) {
    this.succession = succession;
    this.acts = acts;
  }

  @GetMapping("/v1/document-keys")
  ItemList<KeyView> list() {
    return new ItemList<>(succession.list().stream().map(KeyView::of).toList(), null);
  }

  @PostMapping(path = "/v1/document-keys/{step}", consumes = MediaType.APPLICATION_JSON_VALUE)
  Signed take(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("step") String step,
      @RequestBody StepText request) {
    String reason = Reason.require(request.reason());
    boolean force = Boolean.TRUE.equals(request.force());
    Supplier<RotationOutcome> effect =
        switch (step) {
          case "prepare" -> () -> succession.prepare(admin.auditName());
          case "activate" -> () -> succession.activate(force, admin.auditName());
          case "retire" -> () -> succession.retire(force, admin.auditName());
          default ->
              throw RefusedRequestException.badRequest(
                  "step: expected prepare, activate or retire");
        };
    String act = "document-keys." + step + (force ? " by force" : "");
    return Signed.of(acts.perform(admin, act, "document keys", reason, effect));
  }

  /**
   * @param force whether it is done even if somebody is left behind; absent: not
   */
  record StepText(@Nullable Boolean force, @Nullable String reason) {}

  /**
   * @param sequence of the trust document that says so
   */
  record Signed(long sequence) {
    static Signed of(RotationOutcome outcome) {
      return switch (outcome) {
        case RotationOutcome.Done done -> new Signed(done.sequence());
        case RotationOutcome.Hindered hindered ->
            throw Hindrance.of(hindered, "Wait and try again, or do it all the same: --force.");
        case RotationOutcome.OutOfTurn outOfTurn ->
            throw Hindrance.of(outOfTurn, "altsctl authority document-keys list");
      };
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyView(
      String signs, String state, String sha256, Instant createdAt, @Nullable Instant activatedAt) {
    static KeyView of(DocumentKeyStatus key) {
      return new KeyView(
          key.type().title(),
          key.state().name().toLowerCase(Locale.ROOT),
          Sha256.of(key.spki()).toHex(),
          key.createdAt(),
          key.activatedAt());
    }
  }
}
