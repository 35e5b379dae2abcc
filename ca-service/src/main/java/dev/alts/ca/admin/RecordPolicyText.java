package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.policy.RecordProtocols;
import dev.alts.identity.Bytes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which record protocols are allowed, most wanted first (handshake.md section 5).
 *
 * @param requirePrivacy never integrity-only, whatever the list says
 */
record RecordPolicyText(List<String> recordProtocols, boolean requirePrivacy)
    implements PolicyText {
  static RecordPolicyText of(
      @Nullable List<@Nullable String> protocols, @Nullable Boolean requirePrivacy) {
    List<String> given =
        Objects.requireNonNullElse(protocols, List.<@Nullable String>of()).stream()
            .map(protocol -> Objects.requireNonNullElse(protocol, ""))
            .toList();
    try {
      return new RecordPolicyText(
          RecordProtocols.require("recordProtocols", given),
          Objects.requireNonNullElse(requirePrivacy, false));
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
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
