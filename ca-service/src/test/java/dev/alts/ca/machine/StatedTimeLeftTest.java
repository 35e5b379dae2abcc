package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.Bytes;
import io.grpc.Metadata;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the CA believes of what agents say about their hurry. */
class StatedTimeLeftTest {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static MachineCa ca;

  private final String machine = "hurry-" + COUNT.incrementAndGet();

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void aHurryThatOurRecordKnowsCounts() {
    RawAgent agent = ca.attested(machine);
    agent.issue(RawAgent.itemOf(1000).build());
    endsIn(machine, Duration.ofSeconds(100));

    assertThat(timeLeft(agent, "90")).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(100));
  }

  @Test
  @Tag("abuse-41")
  void aHurryThatOurRecordContradictsDoesNot() {
    RawAgent agent = ca.attested(machine);
    agent.issue(RawAgent.itemOf(1000).build());

    assertThat(timeLeft(agent, "0")).isGreaterThan(Duration.ofMinutes(30));
  }

  @Test
  @Tag("abuse-41")
  void aMachineWithoutGrantsHasTheTimeOfItsOwnCertificate() {
    assertThat(timeLeft(ca.attested(machine), "0")).isGreaterThan(Duration.ofHours(1));
  }

  @Test
  @Tag("abuse-41")
  void aMachineIsBelievedAFewTimesAMinute() {
    RawAgent agent = ca.attested(machine);
    agent.issue(RawAgent.itemOf(1000).build());
    endsIn(machine, Duration.ofMinutes(10));
    int believed = 0;

    // Fewer than a minute refills, however slow this is.
    for (int i = 0; i < 100; i++) {
      believed += timeLeft(agent, "1").compareTo(Duration.ofMinutes(10)) <= 0 ? 1 : 0;
    }

    assertThat(believed).isBetween(1, 30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5", "999999999", "soon", "٣", "0x1"})
  void whatIsNoNumberOfSecondsIsIgnored(String stated) {
    RawAgent agent = ca.attested(machine);
    agent.issue(RawAgent.itemOf(1000).build());
    endsIn(machine, Duration.ofSeconds(1));

    assertThat(timeLeft(agent, stated)).isGreaterThan(Duration.ofHours(1));
  }

  @Test
  void whoShowsNoCertificateHasAllTheTime() {
    Metadata headers = new Metadata();
    headers.put(StatedTimeLeft.HEADER, "0");

    assertThat(
            ca.bean(StatedTimeLeft.class)
                .of(new ChannelSecurity(true, ADDRESS, Optional.empty()), headers))
        .isGreaterThan(Duration.ofDays(30));
  }

  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  private static Duration timeLeft(RawAgent agent, String stated) {
    Metadata headers = new Metadata();
    headers.put(StatedTimeLeft.HEADER, stated);
    Bytes certificate = Bytes.copyOf(agent.credentials().getTls().getChain(0).toByteArray());
    return ca.bean(StatedTimeLeft.class)
        .of(new ChannelSecurity(true, ADDRESS, Optional.of(certificate)), headers);
  }

  private static void endsIn(String machine, Duration time) {
    ca.jdbc()
        .update(
            "UPDATE live_grant SET not_after = clock_timestamp() + make_interval(secs => ?)"
                + " WHERE machine = ?",
            (double) time.toSeconds(),
            machine);
  }
}
