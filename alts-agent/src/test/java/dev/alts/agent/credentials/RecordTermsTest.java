package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.policy.v1.RecordPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordTermsTest {
  private static final RecordPolicy DOMAIN =
      RecordPolicy.newBuilder()
          .addAllRecordProtocols(List.of("ALTSRP_GMAC_128", "ALTSRP_GCM_AES128_REKEY"))
          .setVersion(7)
          .build();

  @Test
  void ruleNarrowsAndOrdersAndNeverWidens() {
    RecordPolicy rule =
        RecordPolicy.newBuilder()
            .addAllRecordProtocols(
                List.of("ALTSRP_VMAC_128", "ALTSRP_GCM_AES128_REKEY", "ALTSRP_GMAC_128"))
            .build();

    RecordPolicy both = RecordTerms.narrow(DOMAIN, rule);

    assertThat(both).isNotNull();
    assertThat(both.getRecordProtocolsList())
        .containsExactly("ALTSRP_GCM_AES128_REKEY", "ALTSRP_GMAC_128");
    assertThat(both.getVersion()).isEqualTo(7);
  }

  @Test
  void privacyIsRequiredIfEitherRequiresItAndAnEmptyListLeavesTheDomains() {
    RecordPolicy privacy = RecordPolicy.newBuilder().setRequirePrivacy(true).build();

    RecordPolicy ofRule = RecordTerms.narrow(DOMAIN, privacy);
    RecordPolicy ofDomain =
        RecordTerms.narrow(
            DOMAIN.toBuilder().setRequirePrivacy(true).build(), RecordPolicy.getDefaultInstance());

    assertThat(ofRule).isEqualTo(DOMAIN.toBuilder().setRequirePrivacy(true).build());
    assertThat(ofDomain).isEqualTo(ofRule);
    assertThat(RecordTerms.narrow(DOMAIN, null)).isEqualTo(DOMAIN);
    assertThat(RecordTerms.narrow(null, privacy)).isEqualTo(privacy);
  }
}
