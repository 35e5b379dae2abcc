package dev.alts.demo.scene;

import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.Workload;

/**
 * A second machine, in another boundary, with a shop of its own. It is the same computer; only the
 * agent and its attestation make it another machine.
 */
record OtherMachine(Agent agent, Workload shop) implements AutoCloseable {
  static final String NAME = "other-machine";

  static OtherMachine start(Cast cast) throws InterruptedException {
    String token =
        cast.admin()
            .ask(
                "token", "create", "--machine=" + NAME, "--boundary=other-room", "--label=env=demo")
            .getAsJsonObject()
            .get("token")
            .getAsString();
    Agent agent = Agent.start(cast.stage(), "other-agent", cast.ca(), token);
    Workload shop = Cast.startClient(cast.stage(), Cast.SHOP, agent);
    shop.await("identity");
    return new OtherMachine(agent, shop);
  }

  @Override
  public void close() {
    shop.process().close();
    agent.process().close();
  }
}
