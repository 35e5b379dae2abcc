package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.authority.RootStatus;
import dev.alts.ca.rotation.RootSuccession;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The root and its successor. */
@RestController
class RootEndpoint {
  private final RootSuccession succession;
  private final AdminActs acts;

  RootEndpoint(RootSuccession succession, AdminActs acts) {
    this.succession = succession;
    this.acts = acts;
  }

  @GetMapping("/v1/roots")
  ItemList<RootView> list() {
    return new ItemList<>(succession.list().stream().map(RootView::of).toList(), null);
  }

  @PostMapping(path = "/v1/roots/prepare", consumes = MediaType.APPLICATION_JSON_VALUE)
  Signed prepare(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody StepText request) {
    String reason = Reason.require(request.reason());
    Bytes offline = request.offlineRoot();
    return Signed.of(
        acts.perform(
            admin,
            offline == null ? "root.prepare" : "root.prepare offline",
            "root",
            reason,
            () ->
                offline == null
                    ? succession.prepare(admin.auditName())
                    : succession.prepareOffline(offline, admin.auditName())));
  }

  @PostMapping(path = "/v1/roots/activate", consumes = MediaType.APPLICATION_JSON_VALUE)
  Signed activate(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody StepText request) {
    String reason = Reason.require(request.reason());
    return Signed.of(
        acts.perform(
            admin,
            request.isForced() ? "root.activate by force" : "root.activate",
            "root",
            reason,
            () -> succession.activate(request.isForced(), admin.auditName())));
  }

  /**
   * @param force whether it is done even if somebody is left behind; absent: not
   * @param spki of a root that is kept offline, in base64; absent: the CA makes one
   */
  record StepText(@Nullable Boolean force, @Nullable String reason, @Nullable String spki) {
    private static final int MAX_KEY_BYTES = 512;

    boolean isForced() {
      return Boolean.TRUE.equals(force);
    }

    /** {@return the public key of a root that is kept offline; null: the CA makes one} */
    @Nullable Bytes offlineRoot() {
      if (spki == null) {
        return null;
      }
      try {
        byte[] key = Base64.getDecoder().decode(spki);
        if (key.length > MAX_KEY_BYTES) {
          throw RefusedRequestException.badRequest("spki: too long");
        }
        Bytes root = Bytes.copyOf(key);
        var _ = EcdsaP256.best().decodePublicKey(root);
        return root;
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(
            "spki: expected a P-256 SubjectPublicKeyInfo in DER, in base64");
      }
    }
  }

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
            throw Hindrance.of(outOfTurn, "altsctl authority root list");
      };
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RootView(
      String fingerprint, String state, Instant preparedAt, @Nullable Instant activatedAt) {
    static RootView of(RootStatus root) {
      return new RootView(
          root.fingerprint().toString(),
          root.state().name().toLowerCase(Locale.ROOT),
          root.preparedAt(),
          root.activatedAt());
    }
  }
}
