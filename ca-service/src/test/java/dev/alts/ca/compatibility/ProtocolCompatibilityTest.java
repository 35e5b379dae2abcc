package dev.alts.ca.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.fact.v1.Fact;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("abuse-56")
class ProtocolCompatibilityTest {
  private static final Protocols NOW =
      Protocols.of(
          CredentialSnapshot.getDescriptor().getFile(),
          Fact.getDescriptor().getFile(),
          IssueRequest.getDescriptor().getFile(),
          OperatorRequest.getDescriptor().getFile(),
          RecordPolicy.getDescriptor().getFile(),
          X509SVIDRequest.getDescriptor().getFile(),
          ClientInit.getDescriptor().getFile(),
          SignedDocument.getDescriptor().getFile());

  @ParameterizedTest
  @ValueSource(strings = {"issue-3", "issue-5"})
  void everythingThatAnEarlierVersionReliesOnIsStillThere(String version) {
    TreeSet<String> missing = Protocols.kept(version).promises();
    missing.removeAll(NOW.promises());

    assertThat(missing).as("names, numbers and types of " + version).isEmpty();
  }
}
