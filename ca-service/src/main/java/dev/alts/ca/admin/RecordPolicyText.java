package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.identity.Bytes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which record protocols are allowed, most wanted first (handshake.md section 5).
 *
 * @param requirePrivacy never integrity-only, whatever the list says
 */
record RecordPolicyText(List<String> recordProtocols, boolean requirePrivacy)
    implements PolicyText {
  private static final String EVERYBODY_SPEAKS = "ALTSRP_GCM_AES128_REKEY";
  private static final List<String> KNOWN =
      List.of("ALTSRP_GMAC_128", EVERYBODY_SPEAKS, "ALTSRP_VMAC_128", "ALTSRP_VCM_AES128");

  static RecordPolicyText of(
      @Nullable List<@Nullable String> protocols, @Nullable Boolean requirePrivacy) {
    List<String> given =
        Objects.requireNonNullElse(protocols, List.<@Nullable String>of()).stream()
            .map(protocol -> Objects.requireNonNullElse(protocol, ""))
            .toList();
    if (!KNOWN.containsAll(given) || Set.copyOf(given).size() != given.size()) {
      throw RefusedRequestException.badRequest(
          "recordProtocols: expected some of %s, each once".formatted(String.join(", ", KNOWN)));
    }
    if (!given.contains(EVERYBODY_SPEAKS)) {
      // Integrity-only ends at a boundary, and no other encrypting one is spoken by everybody:
      // without this one a mistyped list would stop the fleet.
      throw RefusedRequestException.badRequest(
          "recordProtocols: expected %s among them".formatted(EVERYBODY_SPEAKS));
    }
    return new RecordPolicyText(given, Objects.requireNonNullElse(requirePrivacy, false));
  }

  static RecordPolicyText parse(Bytes body) {
    try {
      RecordPolicy wire = RecordPolicy.parseFrom(body.asByteBuffer());
      return new RecordPolicyText(
          List.copyOf(wire.getRecordProtocolsList()), wire.getRequirePrivacy());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored record policy is damaged", e);
    }
  }

  RecordPolicy toWire() {
    return RecordPolicy.newBuilder()
        .addAllRecordProtocols(recordProtocols)
        .setRequirePrivacy(requirePrivacy)
        .build();
  }

  @Override
  public String describe() {
    return String.join(",", recordProtocols) + (requirePrivacy ? ", privacy required" : "");
  }
}
