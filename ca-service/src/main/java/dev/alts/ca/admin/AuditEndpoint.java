package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.audit.AuditEvents;
import dev.alts.ca.audit.AuditFinding;
import dev.alts.ca.checkpoint.AuditReport;
import dev.alts.ca.checkpoint.AuditVerification;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log: read it, and verify it against what was signed and what witnesses keep. */
@RestController
class AuditEndpoint {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final int MAX_WITNESSES = 16;

  private final AuditEvents events;
  private final AuditVerification verification;

  AuditEndpoint(AuditEvents events, AuditVerification verification) {
    this.events = events;
    this.verification = verification;
  }

  @GetMapping("/v1/audit/events")
  ItemList<Event> list(
      @ModelAttribute Search search,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    List<AuditEvents.Recorded> found = events.list(search.query(page));
    boolean more = found.size() > page.limit();
    List<AuditEvents.Recorded> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(
        items.stream().map(Event::of).toList(),
        more ? Cursor.text(items.getLast().position()) : null);
  }

  /** Long for a long log; it holds no lock. */
  @PostMapping(path = "/v1/audit/verify", consumes = MediaType.APPLICATION_JSON_VALUE)
  Report verify(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Witnesses witnesses) {
    return Report.of(verification.verify(witnesses.parsed()));
  }

  record Search(
      @Nullable String all,
      @Nullable String from,
      @Nullable String before,
      @Nullable String type,
      @Nullable String text) {
    AuditEvents.Query query(PageRequest page) {
      return new AuditEvents.Query(
          "true".equals(all),
          time("from", from),
          time("before", before),
          words("type", type),
          words("text", text),
          page.after().isEmpty() ? null : Cursor.parse(page.after()),
          page.limit() + 1);
    }

    private static @Nullable String given(@Nullable String text) {
      return text == null || text.isEmpty() ? null : text;
    }

    /** PostgreSQL has no text with NUL. */
    private static @Nullable String words(String name, @Nullable String text) {
      if (text != null && text.indexOf('\0') >= 0) {
        throw RefusedRequestException.badRequest(name + ": expected text without NUL");
      }
      return given(text);
    }

    private static @Nullable Instant time(String name, @Nullable String text) {
      String given = given(text);
      try {
        return given == null ? null : requireStorable(Instant.parse(given));
      } catch (DateTimeException e) {
        throw RefusedRequestException.badRequest(
            name + ": expected a time such as 2026-11-24T12:00:00Z");
      }
    }
  }

  /** {@return {@code time} if the database's calendar and its driver's have it} */
  private static Instant requireStorable(Instant time) {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new DateTimeException("out of range");
    }
    return time;
  }

  /** Where a page ended, for the next one. */
  private static final class Cursor {
    static String text(AuditEvents.Position position) {
      return "%s_%d_%d".formatted(position.recordedAt(), position.chainId(), position.sequence());
    }

    static AuditEvents.Position parse(String text) {
      String[] parts = text.split("_", -1);
      try {
        if (parts.length == 3) {
          return new AuditEvents.Position(
              requireStorable(Instant.parse(parts[0])),
              Long.parseLong(parts[1]),
              Long.parseLong(parts[2]));
        }
      } catch (DateTimeException | NumberFormatException e) {
        throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
      }
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
  }

  /**
   * @param checkpoints signed documents in base64
   */
  record Witnesses(@Nullable List<@Nullable String> checkpoints) {
    List<SignedDocument> parsed() {
      List<@Nullable String> given = Objects.requireNonNullElse(checkpoints, List.of());
      if (given.size() > MAX_WITNESSES) {
        throw RefusedRequestException.badRequest("checkpoints: expected at most " + MAX_WITNESSES);
      }
      return given.stream().map(Witnesses::parse).toList();
    }

    private static SignedDocument parse(@Nullable String text) {
      try {
        return SignedDocument.parseFrom(
            Base64.getDecoder().decode(Objects.requireNonNullElse(text, "")));
      } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
        throw RefusedRequestException.badRequest(
            "checkpoints: expected signed documents in base64");
      }
    }
  }

  record Event(long chain, long sequence, Instant recordedAt, String type, JsonNode event) {
    static Event of(AuditEvents.Recorded recorded) {
      return new Event(
          recorded.chainId(),
          recorded.sequence(),
          recorded.recordedAt(),
          recorded.type(),
          JSON.readTree(recorded.body()));
    }
  }

  record Report(
      boolean whole,
      int chains,
      long events,
      int checkpoints,
      long latestCheckpoint,
      List<Finding> findings) {
    static Report of(AuditReport report) {
      return new Report(
          report.findings().isEmpty(),
          report.chains(),
          report.events(),
          report.checkpoints(),
          report.latest(),
          report.findings().stream().map(Finding::of).toList());
    }
  }

  record Finding(String what, String where, String explanation) {
    static Finding of(AuditFinding finding) {
      return new Finding(finding.what().name(), finding.where(), finding.explanation());
    }
  }
}
