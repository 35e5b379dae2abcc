package dev.alts.identity.document;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.UnixTime;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;

/**
 * Which server is the right one for a target (handshake.md section 8), signed by a naming key.
 *
 * @param version from 1; holders keep the newest
 */
public record NamingPolicy(
    TrustDomain trustDomain,
    long version,
    Instant issuedAt,
    NamingMode mode,
    List<NamingEntry> entries) {
  static final int MAX_BYTES = 4 << 20;
  private static final int MAX_ENTRIES = 20_000;

  public NamingPolicy {
    entries = List.copyOf(entries);
    if (version < 1) {
      throw new IllegalArgumentException(
          "naming policy: version %d (expected: 1 to 2^63-1)".formatted(version));
    }
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "naming policy: %d entries (expected: at most %d)"
              .formatted(entries.size(), MAX_ENTRIES));
    }
  }

  /** {@return the policy, if a naming key of {@code trust} signed it for the same trust domain} */
  public static NamingPolicy open(SignedDocument signed, TrustDocument trust)
      throws InvalidDocumentException {
    NamingPolicy policy =
        parse(
            SignedDocuments.open(
                DocumentType.NAMING_POLICY, signed, trust.namingKeys(), MAX_BYTES));
    if (!policy.trustDomain.equals(trust.trustDomain())) {
      throw new InvalidDocumentException(
          "naming policy: of %s (expected: %s)".formatted(policy.trustDomain, trust.trustDomain()));
    }
    return policy;
  }

  /**
   * {@return the policy, whoever signed it} For the history of the one who signs, whose earlier
   * keys are gone; nothing may be accepted by it.
   */
  public static NamingPolicy readUnverified(SignedDocument signed) throws InvalidDocumentException {
    return parse(signed.getBody().toByteArray());
  }

  private static NamingPolicy parse(byte[] body) throws InvalidDocumentException {
    try {
      return parse(dev.alts.wire.handshake.v1.NamingPolicy.parseFrom(body));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidDocumentException("naming policy: " + e.getMessage(), e);
    }
  }

  /**
   * {@return whether {@code server} may answer for {@code target}} If the target has entries, one
   * of them must name the server; that may even be a human.
   */
  public NamingDecision decide(String target, SpiffeId server, EntityKind kind) {
    NamingTarget wanted = NamingTarget.parse(target);
    List<NamingEntry> about = entriesAbout(target);
    for (NamingEntry entry : about) {
      if (entry.names(server)) {
        return new NamingDecision.Named(entry);
      }
    }
    if (!about.isEmpty()) {
      return new NamingDecision.Refused(
          "%s is not among those that may answer for %s".formatted(server, wanted.host()));
    }
    if (mode == NamingMode.STRICT) {
      return new NamingDecision.Refused(
          "%s has no entry in the naming policy, which is strict".formatted(wanted.host()));
    }
    if (!server.isMemberOf(trustDomain) || kind == EntityKind.HUMAN) {
      return new NamingDecision.Refused(
          "%s (expected: a workload or machine of %s)".formatted(server, trustDomain));
    }
    return new NamingDecision.MemberOfTrustDomain();
  }

  /** {@return the entries that say who may answer for {@code target}} */
  public List<NamingEntry> entriesAbout(String target) {
    NamingTarget wanted = NamingTarget.parse(target);
    return entries.stream().filter(entry -> entry.isAbout(wanted)).toList();
  }

  /** {@return the body to sign} */
  public dev.alts.wire.handshake.v1.NamingPolicy toWire() {
    var wire =
        dev.alts.wire.handshake.v1.NamingPolicy.newBuilder()
            .setTrustDomain(trustDomain.name())
            .setVersion(version)
            .setIssuedAt(issuedAt.getEpochSecond())
            .setModeValue(mode.number());
    for (NamingEntry entry : entries) {
      wire.addEntries(
          dev.alts.wire.handshake.v1.NamingEntry.newBuilder()
              .setTargetPattern(entry.targetPattern())
              .addAllSpiffeIdPatterns(entry.spiffeIdPatterns())
              .setOrigin(entry.origin()));
    }
    return wire.build();
  }

  private static NamingPolicy parse(dev.alts.wire.handshake.v1.NamingPolicy wire) {
    NamingMode mode =
        NamingMode.ofNumber(wire.getModeValue())
            .orElseThrow(
                () -> new IllegalArgumentException("mode %d".formatted(wire.getModeValue())));
    return new NamingPolicy(
        new TrustDomain(wire.getTrustDomain()),
        wire.getVersion(),
        UnixTime.parse(wire.getIssuedAt()),
        mode,
        wire.getEntriesList().stream()
            .map(entry ->
                new NamingEntry(
                    entry.getTargetPattern(), entry.getSpiffeIdPatternsList(), entry.getOrigin()))
            .toList());
  }
}
