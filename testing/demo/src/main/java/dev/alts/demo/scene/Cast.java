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
 * @param paymentsAddress where it listens, HOST:PORT
 * @param shop a workload that may call it
 */
public record Cast(
    Stage stage,
    CertificateAuthority ca,
    CommandLine admin,
    Agent agent,
    Workload payments,
    String paymentsAddress,
    Workload shop) {
  /** Name of the demo's machine. */
  public static final String MACHINE = "demo-machine";

  public static final String PAYMENTS = "payments";
  public static final String SHOP = "shop";
  public static final String BATCH = "batch";
  static final String MONITOR = "monitor";
  static final String STRANGER = "stranger";

  /** Starts a program that calls services, as the workload {@code name}. */
  public Workload startClient(String name) {
    return startClient(stage, name, agent);
  }

  /** Starts a program that calls services, with credentials from this agent. */
  public static Workload startClient(Stage stage, String name, Agent agent) {
    return Workload.start(stage, name, PaymentsClient.class.getName(), agent.socket());
  }

  /** Starts a replica of the payments service; port 0 is any. */
  public static Workload startPayments(Stage stage, Agent agent, int port) {
    return startServer(stage, PAYMENTS, agent, port);
  }

  /** Starts the payments service as the workload {@code name}, whether it should be or not. */
  static Workload startServer(Stage stage, String name, Agent agent) {
    return startServer(stage, name, agent, 0);
  }

  private static Workload startServer(Stage stage, String name, Agent agent, int port) {
    return Workload.start(
        stage,
        name,
        PaymentsServer.class.getName(),
        agent.socket(),
        Integer.toString(port),
        id("/demo/" + SHOP),
        id("/machine/" + MACHINE));
  }

  /** {@return where this replica of the payments service listens} */
  public static String address(Workload payments) throws InterruptedException {
    return "localhost:" + payments.await("serving").get("port").getAsInt();
  }

  /** {@return the SPIFFE ID with this path in the demo's trust domain} */
  public static String id(String path) {
    return "spiffe://" + CertificateAuthority.TRUST_DOMAIN + path;
  }
}
