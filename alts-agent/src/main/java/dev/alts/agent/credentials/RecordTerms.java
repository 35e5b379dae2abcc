package dev.alts.agent.credentials;

import dev.alts.api.policy.v1.RecordPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The record policy of one identity: what its rule leaves of the trust domain's. */
final class RecordTerms {
  private RecordTerms() {}

  /**
   * {@return what both allow, in the rule's order; null: nothing is known yet}
   *
   * <p>A rule can narrow and never widen: what the trust domain does not allow stays out.
   */
  static @Nullable RecordPolicy narrow(
      @Nullable RecordPolicy domain, @Nullable RecordPolicy ofRule) {
    if (domain == null || ofRule == null) {
      return domain == null ? ofRule : domain;
    }
    RecordPolicy.Builder both =
        domain.toBuilder()
            .setRequirePrivacy(domain.getRequirePrivacy() || ofRule.getRequirePrivacy());
    if (ofRule.getRecordProtocolsCount() > 0) {
      List<String> allowed = domain.getRecordProtocolsList();
      both.clearRecordProtocols()
          .addAllRecordProtocols(
              ofRule.getRecordProtocolsList().stream().filter(allowed::contains).toList());
    }
    return both.build();
  }
}
