package dev.alts.demo.scene;

import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import dev.alts.demo.workload.PaymentsClient;
import dev.alts.demo.workload.PaymentsServer;

/**
 * Everyone on stage, running.
 *
 * @param admin altsctl of the admin, who is logged in
 * @param payments the service
 * @param shop a workload that may call it
 */
public record Cast(
    Stage stage,
    CertificateAuthority ca,
    CommandLine admin,
    Agent agent,
    Workload payments,
    int paymentsPort,
    Workload shop) {
  /** Name of the demo's machine. */
  public static final String MACHINE = "demo-machine";

  static final String PAYMENTS = "payments";
  static final String SHOP = "shop";
  static final String BATCH = "batch";
  static final String MONITOR = "monitor";
  static final String STRANGER = "stranger";

  /** {@return where the payments service listens} */
  public String paymentsAddress() {
    return "127.0.0.1:" + paymentsPort;
  }

  /** Starts a program that calls services, as the workload {@code name}. */
  public Workload startClient(String name) {
    return startClient(stage, name, agent);
  }

  static Workload startClient(Stage stage, String name, Agent agent) {
    return Workload.start(stage, name, PaymentsClient.class.getName(), agent.socket());
  }

  /** Starts a replica of the payments service; port 0 is any. */
  static Workload startPayments(Stage stage, Agent agent, int port) {
    return Workload.start(
        stage,
        PAYMENTS,
        PaymentsServer.class.getName(),
        agent.socket(),
        Integer.toString(port),
        id("/demo/" + SHOP),
        id("/machine/" + MACHINE));
  }

  static String id(String path) {
    return "spiffe://" + CertificateAuthority.TRUST_DOMAIN + path;
  }
}
