package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.ca.authority.AuthoritySlot;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.authority.UpstreamChains;
import dev.alts.ca.authority.UpstreamOffer;
import dev.alts.ca.authority.UpstreamStatus.Standing;
import dev.alts.ca.replica.CatchUp;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.ca.rotation.RotationRequest;
import dev.alts.ca.rotation.RotationStep;
import dev.alts.ca.rotation.Rotations;
import dev.alts.ca.testing.CorporateCa;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.testing.TestKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents get for plain-TLS users, and what those who trust a company's root make of it. */
class UpstreamChainTest {
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");
  private static final Set<EntityKind> WORKLOAD = Set.of(EntityKind.WORKLOAD);
  private static final CorporateCa CORPORATE = CorporateCa.of(Instant.now());

  @TempDir Path directory;
  private MachineCa ca;
  private RawAgent agent;

  @BeforeEach
  void start() {
    ca = MachineCa.start("alts.ca.rotation.drain=0s");
    ca.apply(MachineCa.WEB);
    agent = ca.attested("m-1");
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void clientThatTrustsTheCompanysRootOnlyAcceptsWhatIsHandedOut() throws Exception {
    IssuedCertificate before = handedOut();
    assertThat(before.getUpstreamChainList()).isEmpty();
    assertThatThrownBy(() -> accept(CORPORATE.root(), before))
        .isInstanceOf(CertificateException.class);

    install(AuthoritySlot.CURRENT);
    IssuedCertificate certificate = handedOut();

    assertThat(certificate.getChainList()).as("for everybody else").hasSize(1);
    assertThat(certificate.getUpstreamChainList())
        .as("without the root")
        .hasSize(2)
        .doesNotContain(ByteString.copyFrom(CORPORATE.root()));
    accept(CORPORATE.root(), certificate);
    accept(authorityOfWorkloads(), certificate);
    assertThatThrownBy(() -> accept(unrelatedRoot(), certificate))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void opensslAcceptsItUnderEitherRoot() throws Exception {
    assumeTrue(Files.isExecutable(OPENSSL), "openssl is missing (Debian: apt install openssl)");
    install(AuthoritySlot.CURRENT);
    IssuedCertificate certificate = handedOut();

    assertThat(openssl(CORPORATE.root(), certificate, true)).endsWith("leaf.pem: OK");
    assertThat(openssl(authorityOfWorkloads(), certificate, true)).endsWith("leaf.pem: OK");
    assertThat(openssl(CORPORATE.root(), certificate, false)).doesNotContain("OK");
  }

  @Test
  void mastersAndTheTrustDocumentKnowNothingOfIt() {
    Bytes document = document();

    install(AuthoritySlot.CURRENT);

    IssueItem master = RawAgent.itemOf(1000).build();
    assertThat(agent.issue(master).getGrant().getCertificate().getUpstreamChainList()).isEmpty();
    assertThat(agent.credentials().getTls().getUpstreamChainList()).isEmpty();
    assertThat(document()).isEqualTo(document);
  }

  @Test
  void afterItsEndAndAfterItsRemovalItIsHandedOutNoMore() {
    install(AuthoritySlot.CURRENT);
    assertThat(handedOut().getUpstreamChainList()).isNotEmpty();

    ca.jdbc().update("UPDATE upstream_chain SET not_after = now() - interval '1 minute'");
    otherReplicaReads(ca);
    IssuedCertificate ended = handedOut();
    assertThat(ended.getUpstreamChainList()).isEmpty();
    assertThat(ended.getNotAfter()).as("leaves live on").isGreaterThan(ended.getIssuedAt());
    assertThat(standings()).containsExactly(Standing.ENDED);

    install(AuthoritySlot.CURRENT);
    ca.jdbc()
        .update(
            """
            UPDATE upstream_chain SET installed_at = now() - interval '300 days',
              not_after = now() + interval '29 days'
            """);
    assertThat(standings()).containsExactly(Standing.ENDS_SOON);
    ca.bean(UpstreamChains.class).remove(sha256(AuthoritySlot.CURRENT));
    assertThat(handedOut().getUpstreamChainList()).isEmpty();
  }

  @Test
  void anotherReplicaHandsItOutTooOnceItHasReadIt() {
    try (MachineCa second = ca.replica()) {
      install(AuthoritySlot.CURRENT);

      otherReplicaReads(second);

      assertThat(handedOut(agent.copy(second)).getUpstreamChainList()).hasSize(2);
    }
  }

  @Test
  void nextAuthorityIsNotActivatedBeforeTheUpstreamCaHasCertifiedItUnlessForced() throws Exception {
    install(AuthoritySlot.CURRENT);
    take(RotationStep.PREPARE, false);
    assertThat(standings()).containsExactlyInAnyOrder(Standing.GOOD, Standing.MISSING);

    assertThat(waitingForUpstream()).hasSize(1);
    assertThat(take(RotationStep.ACTIVATE, false)).isInstanceOf(RotationOutcome.Hindered.class);
    install(AuthoritySlot.NEXT);
    assertThat(waitingForUpstream()).isEmpty();

    assertThat(take(RotationStep.ACTIVATE, true)).isInstanceOf(RotationOutcome.Done.class);
    accept(CORPORATE.root(), handedOut());
  }

  @Test
  void activationByForceLeavesClientsOfTheUpstreamCaBehindAndTheListSaysSo() {
    install(AuthoritySlot.CURRENT);
    take(RotationStep.PREPARE, false);

    assertThat(take(RotationStep.ACTIVATE, true)).isInstanceOf(RotationOutcome.Done.class);

    assertThat(handedOut().getUpstreamChainList()).isEmpty();
    assertThat(standings()).containsExactlyInAnyOrder(Standing.GOOD, Standing.MISSING);
  }

  @Test
  void rotationOfACaWithoutAnUpstreamCaWaitsForNobody() {
    take(RotationStep.PREPARE, false);

    assertThat(waitingForUpstream()).isEmpty();
    assertThat(standings()).containsExactly(Standing.NONE, Standing.NONE);
  }

  private void install(AuthoritySlot slot) {
    UpstreamChains chains = ca.bean(UpstreamChains.class);
    byte[] csr = chains.request(slot).der().toByteArray();
    chains.install(UpstreamOffer.parse(CORPORATE.certify(csr)), "/human/ada");
  }

  private IssuedCertificate handedOut() {
    return handedOut(agent);
  }

  private static IssuedCertificate handedOut(RawAgent agent) {
    return agent
        .issue(RawAgent.itemOf(1000).setUse(CertificateUse.HANDED_OUT).build())
        .getGrant()
        .getCertificate();
  }

  private static void otherReplicaReads(MachineCa replica) {
    replica.beans(CatchUp.class).forEach(CatchUp::catchUp);
  }

  private List<Standing> standings() {
    return ca.bean(UpstreamChains.class).list().stream().map(each -> each.standing()).toList();
  }

  private List<Obstacle> waitingForUpstream() {
    return ca.bean(Rotations.class).obstacles(RotationStep.ACTIVATE, WORKLOAD).stream()
        .filter(obstacle -> obstacle.holder().equals("plain-TLS clients"))
        .toList();
  }

  private RotationOutcome take(RotationStep step, boolean force) {
    return ca.bean(Rotations.class).take(new RotationRequest(step, WORKLOAD, force, "test"));
  }

  private Bytes sha256(AuthoritySlot slot) {
    return ca.bean(UpstreamChains.class).request(slot).authority();
  }

  private Bytes document() {
    return Bytes.copyOf(ca.bean(TrustDocuments.class).current().signed().toByteArray());
  }

  private byte[] authorityOfWorkloads() {
    return ca.bean(TrustDocuments.class).current().parsed().authorities().stream()
        .filter(authority -> authority.constraint().kinds().contains(EntityKind.WORKLOAD))
        .findFirst()
        .orElseThrow()
        .certificate()
        .der()
        .toByteArray();
  }

  private static byte[] unrelatedRoot() {
    return CorporateCa.of(
            Instant.now(), root -> root.keyPair(TestKeys.rsa(2048)), subordinate -> {})
        .root();
  }

  /** As a TLS client of the JDK judges a server, given leaf and intermediates. */
  private static void accept(byte[] root, IssuedCertificate certificate)
      throws CertificateException {
    CorporateCa.clientOf(root).checkServerTrusted(chain(certificate), "ECDHE_ECDSA");
    CorporateCa.clientOf(root).checkClientTrusted(chain(certificate), "ECDHE_ECDSA");
  }

  private static X509Certificate[] chain(IssuedCertificate certificate) {
    return Stream.concat(
            certificate.getChainList().stream(), certificate.getUpstreamChainList().stream())
        .map(der -> CorporateCa.parse(der.toByteArray()))
        .toArray(X509Certificate[]::new);
  }

  private String openssl(byte[] root, IssuedCertificate certificate, boolean withChain)
      throws IOException, InterruptedException {
    Path leaf = write("leaf.pem", List.of(certificate.getChain(0).toByteArray()));
    Path above =
        write(
            "above.pem",
            certificate.getUpstreamChainList().stream().map(ByteString::toByteArray).toList());
    List<String> command =
        new ArrayList<>(
            List.of(
                OPENSSL.toString(),
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-no-CApath",
                "-CAfile",
                write("root.pem", List.of(root)).toString()));
    if (withChain) {
      command.addAll(List.of("-untrusted", above.toString()));
    }
    command.add(leaf.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  private Path write(String name, List<byte[]> certificates) throws IOException {
    return Files.writeString(directory.resolve(name), CorporateCa.pem(certificates));
  }
}
