package dev.alts.demo.scene;

import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.Workload;

/**
 * Another machine, with a shop of its own. It is the same computer; only the agent and its
 * attestation make it another machine.
 */
public record OtherMachine(String name, Agent agent, Workload shop) implements AutoCloseable {
  /** Joins the machine {@code name} in {@code boundary} and starts its shop. */
  public static OtherMachine start(Cast cast, String name, String boundary)
      throws InterruptedException {
    String token =
        cast.admin()
            .ask(
                "token",
                "create",
                "--machine=" + name,
                "--boundary=" + boundary,
                "--label=env=demo")
            .getAsJsonObject()
            .get("token")
            .getAsString();
    Agent agent = Agent.start(cast.stage(), "agent-of-" + name, cast.ca(), token);
    Workload shop = Cast.startClient(cast.stage(), Cast.SHOP, agent);
    shop.await("identity");
    return new OtherMachine(name, agent, shop);
  }

  @Override
  public void close() {
    shop.process().close();
    agent.process().close();
  }
}
