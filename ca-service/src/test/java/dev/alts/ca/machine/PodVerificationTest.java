package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.fact.v1.Fact;
import dev.alts.api.fact.v1.Provenance;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.testing.CorporateCa;
import dev.alts.ca.testing.HttpsSite;
import dev.alts.identity.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods as an API server tells of them, on its wire format: lists in pages and watches by line, over
 * HTTPS. The server is ours; what it says is as the API concepts of Kubernetes describe it.
 */
class PodVerificationTest {
  private static final RuleDraft PODS =
      RuleDraft.of(
          "pods",
          "machine.labels.env == 'prod' && verified.k8s.ns == 'pay'"
              + " && verified.k8s.labels['app.kubernetes.io/name'] == 'api'",
          "/ns/{verified.k8s.ns}/sa/{verified.k8s.sa}",
          "1h");

  private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();
  private static final String END = "end";
  private static final String SECOND = pod("uid-2", "pay", "worker", "node-b");
  @TempDir private static Path files;
  private static HttpsSite server;
  private static MachineCa ca;
  private static RawAgent onNodeA;
  private static RawAgent onNodeB;
  private static RawAgent onNoNode;

  @BeforeAll
  static void aClusterWithTwoNodes() throws IOException {
    server = HttpsSite.start("localhost", PodVerificationTest::answer);
    Files.writeString(files.resolve("token"), "a token");
    Files.writeString(files.resolve("ca.crt"), CorporateCa.pem(List.of(encoded())));
    ca =
        MachineCa.start(
            "alts.ca.kubernetes.api-server=https://localhost:" + server.port(),
            "alts.ca.kubernetes.token-file=" + files.resolve("token"),
            "alts.ca.kubernetes.ca-file=" + files.resolve("ca.crt"));
    ca.apply(PODS);
    onNodeA = agent("m-a", Map.of("env", "prod", "k8s-node", "node-a"));
    onNodeB = agent("m-b", Map.of("env", "prod", "k8s-node", "node-b"));
    onNoNode = agent("m-c", Map.of("env", "prod"));
  }

  @AfterAll
  static void closed() {
    EVENTS.add(END);
    ca.close();
    EVENTS.add(END);
    server.close();
  }

  private static byte[] encoded() {
    try {
      return server.root().getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static RawAgent agent(String name, Map<String, String> labels) {
    RawAgent agent = ca.agent();
    try (CreatedJoinToken created =
        ca.bean(JoinTokens.class)
            .create(
                Optional.of(new MachineName(name)), new MachineProperties("", labels), "test")) {
      agent.attest(Bytes.copyOf(created.token().secret().exposeCopy()));
    }
    return agent;
  }

  private static String pod(String uid, String namespace, String account, String node) {
    return """
    {"metadata":{"uid":"%s","namespace":"%s","name":"pod-%s","resourceVersion":"7",\
    "labels":{"app.kubernetes.io/name":"api"},\
    "ownerReferences":[{"kind":"ReplicaSet","name":"api-1","controller":true}]},\
    "spec":{"serviceAccountName":"%s","nodeName":"%s"},\
    "status":{"phase":"Running"}}\
    """
        .formatted(uid, namespace, uid, account, node);
  }

  private static void answer(String path, Socket connection) throws IOException {
    if (path.contains("watch=true")) {
      HttpsSite.write(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
      try {
        for (String event = EVENTS.take(); !event.equals(END); event = EVENTS.take()) {
          HttpsSite.write(connection, event + "\n");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    boolean first = !path.contains("continue=");
    HttpsSite.write(
        connection,
        HttpsSite.json(
            """
            {"kind":"PodList","metadata":{"resourceVersion":"5"%s},"items":[%s]}\
            """
                .formatted(
                    first ? ",\"continue\":\"next page\"" : "",
                    first ? pod("uid-1", "pay", "api", "node-a") : SECOND)));
  }

  private static IssueOutcome ask(RawAgent agent, String uid) {
    return agent.issue(item(uid));
  }

  private static IssueItem item(String uid) {
    IssueItem.Builder item = RawAgent.itemOf(1000);
    return uid.isEmpty()
        ? item.build()
        : item.addFacts(RawAgent.stated("workload.k8s.pod_uid").setStringValue(uid)).build();
  }

  /** Until the CA has heard of it: as an agent does, which is told to try again. */
  private static IssueOutcome await(RawAgent agent, String uid, Predicate<IssueOutcome> wanted) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        IssueOutcome outcome = ask(agent, uid);
        if (wanted.test(outcome)) {
          return outcome;
        }
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within a minute: " + uid);
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private static IssueOutcome granted(RawAgent agent, String uid) {
    return await(agent, uid, IssueOutcome::hasGrant);
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
  }

  @Test
  void aPodOfThisMachineGetsTheIdentityOfItsServiceAccount() {
    assertThat(granted(onNodeA, "uid-1").getGrant().getCertificate().getSpiffeId())
        .isEqualTo("spiffe://test.alts/ns/pay/sa/api");
    assertThat(granted(onNodeB, "uid-2").getGrant().getCertificate().getSpiffeId())
        .isEqualTo("spiffe://test.alts/ns/pay/sa/worker");
  }

  @Test
  @Tag("abuse-22")
  @Tag("abuse-3")
  void anAgentThatAsksForAnotherMachinesPodIsRefused() {
    granted(onNodeA, "uid-1");

    for (RawAgent liar : List.of(onNodeB, onNoNode)) {
      IssueOutcome outcome = ask(liar, "uid-1");
      assertThat(outcome.getRefusal().getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
      assertThat(outcome.getRefusal().getExplanation()).contains("verified.k8s");
    }
    assertThat(ask(onNodeA, "uid-2").hasRefusal()).isTrue();
    assertThat(ask(onNodeA, "no-such-pod").hasRefusal()).isTrue();
    assertThat(ask(onNodeA, "").hasRefusal()).isTrue();
  }

  @Test
  @Tag("abuse-3")
  void anAgentCannotSayItselfWhatOnlyTheCaVerifies() {
    IssueItem lie =
        RawAgent.itemOf(1000)
            .addFacts(
                Fact.newBuilder()
                    .setName("verified.k8s.ns")
                    .setStringValue("pay")
                    .setProvenance(Provenance.STATED_BY_AGENT))
            .build();

    assertThat(onNodeB.issue(lie).getRefusal().getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST);
  }

  @Test
  @Tag("abuse-22")
  void whatComesAndGoesWhileTheCaWatchesIsHeardAndALostWatchBeginsWithAList() {
    granted(onNodeA, "uid-1");
    EVENTS.add(event("ADDED", pod("uid-3", "pay", "job", "node-a")));
    granted(onNodeA, "uid-3");

    EVENTS.add(event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"9\"}}"));
    EVENTS.add(event("MODIFIED", pod("uid-3", "other", "job", "node-a")));
    await(onNodeA, "uid-3", IssueOutcome::hasRefusal);
    EVENTS.add(event("MODIFIED", pod("uid-3", "pay", "job", "node-a")));
    granted(onNodeA, "uid-3");
    EVENTS.add(event("DELETED", pod("uid-3", "pay", "job", "node-a")));
    await(onNodeA, "uid-3", IssueOutcome::hasRefusal);

    EVENTS.add(END);
    EVENTS.add(event("ADDED", pod("uid-4", "pay", "job", "node-a")));
    granted(onNodeA, "uid-4");
    assertThat(server.asked()).anyMatch(path -> path.endsWith("resourceVersion=7"));

    // What was only in the events is not in the new list.
    EVENTS.add(event("ERROR", "{\"kind\":\"Status\",\"code\":410}"));
    await(onNodeA, "uid-4", IssueOutcome::hasRefusal);
    granted(onNodeA, "uid-1");
  }

  @Test
  void agentsAreToldToFindOutThePod() {
    assertThat(ca.bean(dev.alts.ca.policy.IdentityRules.class).inForce().agentFootprint())
        .containsExactly("workload.k8s.pod_uid");
  }
}
