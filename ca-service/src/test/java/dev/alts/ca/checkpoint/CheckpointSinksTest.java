package dev.alts.ca.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditFinding;
import dev.alts.ca.audit.AuditFinding.What;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.testing.AuditForger;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the file and the syslog server hold, and what that is worth once the database was changed.
 */
@Tag("abuse-43")
class CheckpointSinksTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LONGEST_WAIT = (int) Duration.ofMinutes(1).toMillis();

  private static ConfigurableApplicationContext ca;
  private static CheckpointStore store;
  @TempDir private Path directory;

  /** What a log needs beyond the core; no component, so that no other scan finds it. */
  @ComponentScan({"dev.alts.ca.watch", "dev.alts.ca.checkpoint"})
  static class Witnessed {}

  @BeforeAll
  static void fillTheLog() throws Exception {
    ca =
        CaCore.boot(
            CaTestDatabase.newHome(),
            CaTestDatabase.newDatabase(),
            List.of(Witnessed.class),
            "alts.ca.audit.checkpoint-every=1h",
            "alts.ca.audit.checkpoint-at-least=1h");
    store = ca.getBean(CheckpointStore.class);
    act("host-1");
    act("host-2");
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void fileHoldsEveryCheckpointOnceOverRestartsAndOnlyForItsOwnerAndGroup() throws Exception {
    Path file = directory.resolve("checkpoints.jsonl");
    catchUp(new FileSink(file));
    act("host-3");

    catchUp(new FileSink(file));
    catchUp(new FileSink(file));

    assertThat(numbers(file)).containsExactlyElementsOf(allNumbers());
    assertThat(documents(file).getLast()).isEqualTo(latest().signed());
    assertThat(Files.getPosixFilePermissions(file)).hasSizeLessThanOrEqualTo(3);
    JsonNode line = JSON.readTree(Files.readAllLines(file).getLast());
    assertThat(line.get("type").asString()).isEqualTo("alts-audit-checkpoint");
    assertThat(line.get("trustDomain").asString()).isEqualTo(CaCore.DOMAIN.name());
    assertThat(line.get("events").asLong()).isEqualTo(Checkpoints.parse(latest()).events());
  }

  @Test
  void fileThatWasMovedAwayGoesOnInANewOne() throws Exception {
    Path file = directory.resolve("checkpoints.jsonl");
    FileSink sink = new FileSink(file);
    catchUp(sink);
    Files.move(file, directory.resolve("old.jsonl"));
    act("host-4");

    catchUp(sink);

    assertThat(numbers(file)).containsExactly(latest().number());
  }

  @Test
  void lineThatACrashCutShortIsWrittenAgainOnALineOfItsOwn() throws Exception {
    Path file = directory.resolve("checkpoints.jsonl");
    catchUp(new FileSink(file));
    List<String> whole = Files.readAllLines(file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] torn = Arrays.copyOf(bytes, bytes.length - 40);
    byte[] withoutItsEnd = Arrays.copyOf(bytes, bytes.length - 1);

    Files.write(file, torn);
    catchUp(new FileSink(file));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(whole.size() + 1).endsWith(whole.getLast());
    assertThat(whole.getLast()).startsWith(lines.get(lines.size() - 2));

    Files.write(file, withoutItsEnd);
    catchUp(new FileSink(file));
    act("host-7");
    catchUp(new FileSink(file));
    assertThat(numbers(file)).containsExactlyElementsOf(allNumbers());
  }

  @Test
  void sinkThatIsAwayGetsEverythingOnceItIsBack() throws Exception {
    Path away = directory.resolve("not-mounted");
    FileSink sink = new FileSink(away.resolve("checkpoints.jsonl"));
    catchUp(sink);
    assertThat(sink.last()).isZero();

    Files.createDirectory(away);
    catchUp(sink);

    assertThat(numbers(away.resolve("checkpoints.jsonl"))).containsExactlyElementsOf(allNumbers());
  }

  @Test
  void syslogServerGetsEveryCheckpointAsAnAuditMessage() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        SyslogSink sink =
            new SyslogSink("127.0.0.1:" + server.getLocalPort(), latest().number() - 2)) {
      server.setSoTimeout(LONGEST_WAIT);

      catchUp(sink);

      for (long number = latest().number() - 1; number <= latest().number(); number++) {
        String message = receive(server);
        // Facility 13 (log audit), severity 6; RFC 5424 section 6.2.1.
        assertThat(message).startsWith("<110>1 ");
        assertThat(message).contains(" - alts-ca - audit-checkpoint - {");
        JsonNode line = JSON.readTree(message.substring(message.indexOf('{')));
        assertThat(line.get("number").asLong()).isEqualTo(number);
        assertThat(SignedDocument.parseFrom(decoded(line)))
            .isEqualTo(store.find(number).orElseThrow().signed());
      }
    }
  }

  @Test
  void logThatWasRewrittenTogetherWithItsCheckpointsIsFoundByTheFile() throws Exception {
    Path file = directory.resolve("checkpoints.jsonl");
    act("host-5");
    catchUp(new FileSink(file));
    SignedDocument kept = documents(file).getLast();

    List<What> withoutTheFile = new ArrayList<>();
    List<What> withTheFile = new ArrayList<>();
    new TransactionTemplate(ca.getBean(PlatformTransactionManager.class))
        .executeWithoutResult(status -> {
          status.setRollbackOnly();
          rewriteTheEnd();
          withoutTheFile.addAll(verify(List.of()));
          withTheFile.addAll(verify(List.of(kept)));
        });

    assertThat(withoutTheFile).isEmpty();
    assertThat(withTheFile).containsExactly(What.CHECKPOINT_MISSING);
    assertThat(verify(List.of(kept))).isEmpty();
  }

  @Test
  void fileIsNotContinuedWithASecondHistory() throws Exception {
    Path file = directory.resolve("checkpoints.jsonl");
    act("host-6");
    catchUp(new FileSink(file));
    byte[] before = Files.readAllBytes(file);

    new TransactionTemplate(ca.getBean(PlatformTransactionManager.class))
        .executeWithoutResult(status -> {
          status.setRollbackOnly();
          rewriteTheEnd();
          catchUp(new FileSink(file));
        });

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  /** The last event becomes another, all hashes are right again, the latest checkpoint is gone. */
  private static void rewriteTheEnd() {
    JdbcTemplate jdbc = ca.getBean(JdbcTemplate.class);
    long number = latest().number();
    Long chain =
        jdbc.queryForObject(
            "select chain_id from audit_checkpoint_head where checkpoint_id = ?",
            Long.class,
            number);
    jdbc.update("delete from audit_checkpoint_head where checkpoint_id = ?", number);
    jdbc.update("delete from audit_checkpoint where checkpoint_id = ?", number);
    jdbc.update(
        """
        update audit_event set body = replace(body, 'ada', 'eve') where chain_id = ?
          and sequence = (select max(sequence) from audit_event where chain_id = ?)
        """,
        chain,
        chain);
    new AuditForger(jdbc).rechain(chain == null ? 0 : chain);
  }

  private static void act(String target) {
    ca.getBean(AuditLog.class)
        .append(new AuditEvent.AdminActed("/human/ada", "machine.rotate", target, "test"));
    ca.getBean(Checkpoints.class).sign();
  }

  // The sink stays open: its test closes it.
  private static void catchUp(CheckpointSink sink) {
    new CheckpointWitnesses(store, List.of(sink)).catchUp();
  }

  private static List<What> verify(List<SignedDocument> witnesses) {
    return ca.getBean(AuditVerification.class).verify(witnesses).findings().stream()
        .map(AuditFinding::what)
        .toList();
  }

  private static KeptCheckpoint latest() {
    return store.latest().orElseThrow();
  }

  private static List<Long> allNumbers() {
    return LongStream.rangeClosed(1, latest().number()).boxed().toList();
  }

  private static List<Long> numbers(Path file) throws Exception {
    return Files.readAllLines(file).stream()
        .map(line -> JSON.readTree(line).get("number").asLong())
        .toList();
  }

  private static List<SignedDocument> documents(Path file) throws Exception {
    List<SignedDocument> documents = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      documents.add(SignedDocument.parseFrom(decoded(JSON.readTree(line))));
    }
    return documents;
  }

  private static byte[] decoded(JsonNode line) {
    return Base64.getDecoder().decode(line.get("document").asString());
  }

  private static String receive(DatagramSocket server) throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[8192], 8192);
    server.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }
}
