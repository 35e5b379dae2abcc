package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.authority.OfflineRoot;
import dev.alts.ca.authority.OfflineRoot.ImportReceipt;
import dev.alts.ca.authority.OfflineRoot.SigningRequest;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Trust documents that go out to an offline root and come back signed. */
@RestController
class OfflineRootEndpoint {
  private static final int MAX_DOCUMENTS = 200;

  private final OfflineRoot root;
  private final AdminActs acts;

  OfflineRootEndpoint(OfflineRoot root, AdminActs acts) {
    this.root = root;
    this.acts = acts;
  }

  @PostMapping(path = "/v1/roots/export", consumes = MediaType.APPLICATION_JSON_VALUE)
  Exported export(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody ExportText request) {
    String reason = Reason.require(request.reason());
    Duration each = Duration.ofHours(request.eachHours());
    Duration until = Duration.ofHours(request.untilHours());
    return Exported.of(
        perform(admin, "root.export", reason, () -> root.export(each, until, admin.auditName())));
  }

  /** All of them are kept or none. */
  @PostMapping(path = "/v1/roots/import", consumes = MediaType.APPLICATION_JSON_VALUE)
  Imported importSigned(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody ImportText request) {
    String reason = Reason.require(request.reason());
    List<SignedDocument> documents = request.parsed();
    ImportReceipt receipt =
        perform(admin, "root.import", reason, () -> root.importSigned(documents));
    return new Imported(receipt.documents(), receipt.until());
  }

  private <T> T perform(AuthenticatedHuman admin, String act, String reason, Supplier<T> effect) {
    try {
      return acts.perform(admin, act, "root", reason, effect);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT, String.valueOf(e.getMessage()), "altsctl authority root list");
    }
  }

  record ExportText(int eachHours, int untilHours, @Nullable String reason) {}

  record ImportText(@Nullable List<String> documents, @Nullable String reason) {
    private List<SignedDocument> parsed() {
      if (documents == null || documents.isEmpty() || documents.size() > MAX_DOCUMENTS) {
        throw RefusedRequestException.badRequest(
            "documents: expected 1 to %d".formatted(MAX_DOCUMENTS));
      }
      List<SignedDocument> parsed = new ArrayList<>();
      try {
        for (String document : documents) {
          parsed.add(SignedDocument.parseFrom(Base64.getDecoder().decode(document)));
        }
      } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
        throw RefusedRequestException.badRequest("documents: expected signed ones in base64");
      }
      return parsed;
    }
  }

  /**
   * @param root fingerprint of the root that is to sign
   * @param documents bodies of trust documents in base64
   */
  record Exported(String root, List<String> documents) {
    static Exported of(SigningRequest request) {
      return new Exported(
          request.root().toString(),
          request.bodies().stream()
              .map(Bytes::toByteArray)
              .map(Base64.getEncoder()::encodeToString)
              .toList());
    }
  }

  record Imported(int documents, Instant until) {}
}
