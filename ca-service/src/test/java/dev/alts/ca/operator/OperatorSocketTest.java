package dev.alts.ca.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.api.operator.v1.BreakGlass;
import dev.alts.api.operator.v1.CreateJoinToken;
import dev.alts.api.operator.v1.EnrolFirstAdmin;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import dev.alts.ca.admin.HumanLogin;
import dev.alts.ca.admin.RunningCa;
import dev.alts.identity.document.BootstrapToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorSocketTest {
  private static final int NOBODY = 65534;

  private final RunningCa ca = RunningCa.get();
  private final OperatorClient client = new OperatorClient(ca.operatorSocket());

  @BeforeEach
  void nobodyIsThere() {
    ca.forgetHumans();
  }

  @Test
  @Tag("abuse-24")
  void onlyTheOwnerReachesTheSocket() throws IOException {
    assertThat(permissions(ca.operatorSocket())).isEqualTo("rw-------");
    assertThat(permissions(ca.dataDirectory())).isEqualTo("rwx------");
  }

  @Test
  void theFirstAdminIsEnrolledOnceAndJoinTokensUntilThen() {
    OperatorResponse joinToken = client.ask(joinToken("dc1"));
    assertThat(BootstrapToken.parse(joinToken.getSecret().getToken()).rootFingerprint())
        .isNotNull();
    String code = client.ask(firstAdmin("alice")).getSecret().getToken();
    // Nobody has logged in yet: a code that got lost must not lock everybody out.
    String second = client.ask(firstAdmin("bob")).getSecret().getToken();
    assertThat(HumanLogin.status(ca, code)).isEqualTo(403);
    assertThat(HumanLogin.status(ca, second)).isEqualTo(200);

    assertThat(client.ask(firstAdmin("carol")).getError()).contains("There has been an admin");
    assertThat(client.ask(joinToken("dc1")).getError()).contains("altsctl token create");
  }

  @Test
  void aDisabledAdminStillCountsAsTheFirst() {
    String code = client.ask(firstAdmin("alice")).getSecret().getToken();
    assertThat(HumanLogin.status(ca, code)).isEqualTo(200);
    ca.jdbc().update("UPDATE human SET disabled_at = now(), admin = false");

    assertThat(client.ask(firstAdmin("mallory")).hasSecret()).isFalse();
    assertThat(client.ask(joinToken("")).hasSecret()).isFalse();
  }

  @Test
  @Tag("abuse-43")
  void breakingGlassNeedsAReasonAndIsInTheLogWithTheCaller() {
    String code = client.ask(firstAdmin("alice")).getSecret().getToken();
    assertThat(HumanLogin.status(ca, code)).isEqualTo(200);

    assertThat(client.ask(breakGlass("dave", "")).hasSecret()).isFalse();
    assertThat(client.ask(breakGlass("dave", "a\nforged line")).hasSecret()).isFalse();
    String glass = client.ask(breakGlass("dave", "ticket 4711")).getSecret().getToken();
    assertThat(HumanLogin.status(ca, glass)).isEqualTo(200);

    assertThat(
            ca.jdbc()
                .queryForList(
                    "SELECT body FROM audit_event WHERE type = 'OperatorActed'", String.class))
        .anySatisfy(body ->
            assertThat(body).contains("ticket 4711", "dave", System.getProperty("user.name")));
  }

  @Test
  @Tag("abuse-43")
  void whatTheLogCannotTakeIsNotDone() {
    ca.jdbc()
        .execute(
            """
            CREATE FUNCTION refuse_operator() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'no space'; END $$;
            CREATE TRIGGER refuse_operator BEFORE INSERT ON audit_event
              FOR EACH ROW WHEN (NEW.type = 'OperatorActed') EXECUTE FUNCTION refuse_operator();
            """);
    try {
      assertThat(client.ask(firstAdmin("alice")).getError()).isNotBlank();
    } finally {
      ca.jdbc().execute("DROP FUNCTION refuse_operator() CASCADE");
    }

    assertThat(ca.jdbc().queryForObject("SELECT count(*) FROM enrolment_code", Integer.class))
        .isZero();
  }

  @ParameterizedTest
  @Tag("abuse-4")
  @ValueSource(strings = {"", "Alice", "../root", "a/b", "a b"})
  void aNameThatIsNoSegmentIsRefused(String name) {
    assertThat(client.ask(firstAdmin(name)).hasSecret()).isFalse();
  }

  @Test
  @Tag("abuse-8")
  void anUnknownRequestIsRefused() throws IOException {
    assertThat(client.ask(OperatorRequest.getDefaultInstance()).getError()).isNotBlank();
    // Field 15, which does not exist.
    assertThat(new String(client.askRaw(new byte[] {2, 0x7a, 0}), "UTF-8"))
        .contains("does not know");
  }

  @Test
  @Tag("abuse-27")
  void aLengthThatIsOnlyAnnouncedAllocatesNothingAndAStalledCallerIsCut() throws IOException {
    long start = System.nanoTime();
    // 2 GiB, then a length that never ends: refused at the third byte.
    assertThat(client.askRaw(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7}))
        .isEmpty();
    assertThat(client.askRaw(new byte[] {(byte) 0x81, 0x40})).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));

    // Inside the limit, but the body never comes.
    assertThat(client.askRaw(new byte[] {100, 1})).isEmpty();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    assertThat(client.ask(firstAdmin("alice")).hasSecret()).isTrue();
  }

  @Test
  @Tag("abuse-24")
  void anotherUserIsRefusedEvenWhereTheFileModesWouldLetItIn() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root") && Files.isExecutable(setpriv()),
        "needs root and setpriv to become another user");
    Path probe = Files.createTempDirectory("alts-probe-");
    Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path source = probe.resolve("Probe.java");
    Files.writeString(source, PROBE);
    Path home = ca.dataDirectory().getParent();
    try {
      // Without loosened modes the kernel refuses the connection itself.
      assertThat(runAsNobody(source)).contains("refused by the kernel");

      Files.setPosixFilePermissions(home.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(
          ca.dataDirectory(), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(
          ca.operatorSocket(), PosixFilePermissions.fromString("rw-rw-rw-"));

      assertThat(runAsNobody(source)).contains("connected").contains("answer of 0 bytes");
    } finally {
      Files.setPosixFilePermissions(
          ca.operatorSocket(), PosixFilePermissions.fromString("rw-------"));
      Files.setPosixFilePermissions(
          ca.dataDirectory(), PosixFilePermissions.fromString("rwx------"));
      Files.setPosixFilePermissions(home.getParent(), PosixFilePermissions.fromString("rwx------"));
      Files.delete(source);
      Files.delete(probe);
    }
    assertThat(ca.jdbc().queryForObject("SELECT count(*) FROM human", Integer.class)).isZero();
  }

  private static final String PROBE =
      """
      import java.net.UnixDomainSocketAddress;
      import java.nio.ByteBuffer;
      import java.nio.channels.*;
      import java.nio.file.Path;

      class Probe {
        public static void main(String[] arguments) throws Exception {
          SocketChannel channel;
          try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(arguments[0])));
          } catch (java.io.IOException e) {
            System.out.println("refused by the kernel");
            return;
          }
          System.out.println("connected");
          int length = 0;
          try (channel) {
            // enrol_first_admin { name: "eve" }
            channel.write(ByteBuffer.wrap(new byte[] {7, 10, 5, 10, 3, 'e', 'v', 'e'}));
            length = Channels.newInputStream(channel).readAllBytes().length;
          } catch (java.io.IOException reset) {
            System.out.println("reset");
          }
          System.out.println("answer of " + length + " bytes");
        }
      }
      """;

  private String runAsNobody(Path source) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    setpriv().toString(),
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xshare:auto",
                    "-XX:TieredStopAtLevel=1",
                    source.toString(),
                    ca.operatorSocket().toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), "UTF-8");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static Path setpriv() {
    return Path.of("/usr/bin/setpriv");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static OperatorRequest firstAdmin(String name) {
    return OperatorRequest.newBuilder()
        .setEnrolFirstAdmin(EnrolFirstAdmin.newBuilder().setName(name))
        .build();
  }

  private static OperatorRequest joinToken(String boundary) {
    return OperatorRequest.newBuilder()
        .setCreateJoinToken(
            CreateJoinToken.newBuilder().setBoundary(boundary).putLabels("env", "prod"))
        .build();
  }

  private static OperatorRequest breakGlass(String name, String reason) {
    return OperatorRequest.newBuilder()
        .setBreakGlass(BreakGlass.newBuilder().setName(name).setReason(reason))
        .build();
  }
}
