package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.HandshakeCredentialMaker;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.fake.ScriptedIssuances;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushedUpdatesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path directory;

  private final TestTrustDomain trust = TestTrustDomain.of("demo.alts", NOW);

  @Test
  void namingPolicyNeverGoesBack() throws Exception {
    DomainStateSource domain = new DomainStateSource(first());
    PushedUpdates updates = updates(domain);
    SignedDocument newer = trust.namingPolicy(policy -> policy.setVersion(2));
    updates.apply(WatchResponse.newBuilder().setNamingPolicy(newer).build());

    assertThatThrownBy(() ->
            updates.apply(
                WatchResponse.newBuilder()
                    .setNamingPolicy(trust.namingPolicy(policy -> policy.setVersion(1)))
                    .build()))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("at least 2");

    assertThat(domain.get().namingPolicy()).isEqualTo(newer);
  }

  @Test
  void trustDocumentCountsEvenWhereItCannotBeStored() throws Exception {
    DomainStateSource domain = new DomainStateSource(first());
    PushedUpdates updates = updates(domain);
    Files.delete(directory);

    updates.apply(
        WatchResponse.newBuilder()
            .setTrustDocument(trust.trustDocument(document -> document.setSequence(2)))
            .build());

    assertThat(domain.get().own().trust().document().sequence()).isEqualTo(2);
  }

  private DomainState first() throws Exception {
    return DomainState.first(
        new Verified<>(
            trust.trustDocument(),
            TrustDocument.open(
                trust.trustDocument(), new RootFingerprint(Bytes.copyOf(trust.rootSha256())))));
  }

  private PushedUpdates updates(DomainStateSource domain) throws Exception {
    SecureRandom random = new SecureRandom();
    ManualClock clock = new ManualClock(NOW);
    HandshakeCredentialMaker maker = new HandshakeCredentialMaker(Duration.ofHours(1), random);
    ScriptedIssuances ca =
        new ScriptedIssuances(trust, clock, Duration.ofHours(4), Duration.ofHours(2));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    return new PushedUpdates(
        domain,
        new CredentialCache(item -> new CompletableFuture<>(), maker, clock, random, 10),
        new LiveCredential(ca.grant(), ca, maker, clock, random),
        MachineStore.in(directory));
  }
}
