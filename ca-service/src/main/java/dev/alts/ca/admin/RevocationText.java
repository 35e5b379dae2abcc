package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Body of a revocation: exactly one of the four names, and the kind where the name alone does not
 * say it.
 *
 * @param kind certificate, subject, machine, authority or resumption; may be left out unless it is
 *     resumption, which takes a SPIFFE ID as subject does
 * @param revocationId 16 hexadecimal digits
 * @param authority SHA-256 of the authority's SubjectPublicKeyInfo, 64 hexadecimal digits
 * @param reasonCode of RFC 5280, by name; default unspecified
 * @param ban for subject and machine: nothing new is issued either
 */
record RevocationText(
    @Nullable String kind,
    @Nullable String revocationId,
    @Nullable String spiffeId,
    @Nullable String machine,
    @Nullable String authority,
    @Nullable Boolean ban,
    @Nullable String reasonCode,
    @Nullable String reason) {
  private static final int SHA256_BYTES = 32;

  RevocationTarget target() {
    if (Stream.of(revocationId, spiffeId, machine, authority).filter(Objects::nonNull).count()
        != 1) {
      throw RefusedRequestException.badRequest(
          "expected exactly one of revocationId, spiffeId, machine, authority");
    }
    RevocationTarget target;
    try {
      target = parse();
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
    if (kind != null && !kind.equals(kindOf(target))) {
      throw RefusedRequestException.badRequest(
          "kind: does not fit (expected here: " + kindOf(target) + ")");
    }
    return target;
  }

  ReasonCode code() {
    return ReasonCode.parse(Objects.requireNonNullElse(reasonCode, ReasonCode.UNSPECIFIED.text()))
        .orElseThrow(() ->
            RefusedRequestException.badRequest(
                "reasonCode: expected one of "
                    + Stream.of(ReasonCode.values())
                        .map(ReasonCode::text)
                        .collect(Collectors.joining(", "))));
  }

  boolean requireBan(RevocationTarget target) {
    if (!Objects.requireNonNullElse(ban, false)) {
      return false;
    }
    return switch (target) {
      case RevocationTarget.Subject _, RevocationTarget.Machine _ -> true;
      case RevocationTarget.Certificate _,
          RevocationTarget.Authority _,
          RevocationTarget.Resumption _ ->
          throw RefusedRequestException.badRequest("ban: only for a subject or a machine");
    };
  }

  private RevocationTarget parse() {
    if (revocationId != null) {
      if (!revocationId.matches("[0-9a-f]{16}")) {
        throw new IllegalArgumentException("revocationId: expected 16 lower-case hex digits");
      }
      return new RevocationTarget.Certificate(
          new RevocationId(Long.parseUnsignedLong(revocationId, 16)));
    }
    if (machine != null) {
      return new RevocationTarget.Machine(new MachineName(machine));
    }
    if (authority != null) {
      Bytes hash = Bytes.fromHex(authority);
      if (hash.length() != SHA256_BYTES) {
        throw new IllegalArgumentException("authority: expected 64 hex digits");
      }
      return new RevocationTarget.Authority(hash);
    }
    SpiffeId id = SpiffeId.parse(Objects.requireNonNullElse(spiffeId, ""));
    return "resumption".equals(kind)
        ? new RevocationTarget.Resumption(id)
        : new RevocationTarget.Subject(id);
  }

  static String kindOf(RevocationTarget target) {
    return target.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
