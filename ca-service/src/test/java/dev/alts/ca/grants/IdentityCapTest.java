package dev.alts.ca.grants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityCapTest {
  private static final MachineName HOST = new MachineName("host-1");
  private static final int MOST = 3;

  private final GrantRows rows =
      new GrantRows(CaTestDatabase.connect(CaTestDatabase.newDatabase()));
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private final IdentityCap cap = new IdentityCap(rows, MOST, clock);
  private long lastId;

  @Test
  void aMachineThatAsksForEverMoreIdentitiesGetsAsManyAsTheCap() {
    int granted = 0;
    for (int i = 0; i < 2 * MOST; i++) {
      if (cap.permits(HOST, identity(i))) {
        grant(HOST, identity(i));
        granted++;
      }
    }

    assertThat(granted).isEqualTo(MOST);
  }

  @Test
  void whatItHoldsAlreadyIsRenewedAtTheCap() {
    grant(HOST, identity(0), identity(1), identity(2));

    assertThat(cap.permits(HOST, identity(3))).isFalse();
    assertThat(cap.permits(HOST, identity(1))).isTrue();
  }

  @Test
  void manyCertificatesOfOneIdentityAreOneIdentity() {
    grant(HOST, identity(0), identity(0), identity(0), identity(0));

    assertThat(cap.permits(HOST, identity(1))).isTrue();
  }

  @Test
  void neitherOtherMachinesNorExpiredCertificatesCount() {
    grant(new MachineName("host-2"), identity(0), identity(1), identity(2));
    record(HOST, identity(3), Instant.EPOCH);
    record(HOST, identity(4), Instant.EPOCH);
    record(HOST, identity(5), Instant.EPOCH);

    assertThat(cap.permits(HOST, identity(6))).isTrue();
  }

  @Test
  void whatOtherReplicasGaveIsSeenAfterAMinute() {
    assertThat(cap.permits(HOST, identity(0))).isTrue();
    grant(HOST, identity(1), identity(2), identity(3));
    clock.advance(Duration.ofMinutes(1).minusNanos(1));
    assertThat(cap.permits(HOST, identity(0))).isTrue();

    clock.advance(Duration.ofNanos(1));

    assertThat(cap.permits(HOST, identity(0))).isFalse();
  }

  private void grant(MachineName machine, SpiffeId... identities) {
    for (SpiffeId identity : identities) {
      // the database's clock decides what is expired
      record(machine, identity, Instant.parse("9999-01-01T00:00:00Z"));
    }
  }

  private void record(MachineName machine, SpiffeId identity, Instant notAfter) {
    rows.record(
        List.of(
            new LiveGrant(
                new RevocationId(++lastId),
                machine,
                identity,
                "",
                "web",
                1,
                Bytes.copyOf(new byte[0]),
                false,
                "",
                Instant.EPOCH,
                notAfter)));
  }

  private static SpiffeId identity(int number) {
    return SpiffeId.parse("spiffe://demo.alts/web/" + number);
  }
}
