package dev.alts.agent;

import dev.alts.agent.upstream.StartRefusedException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the agent of this machine and stops it on SIGTERM. */
public final class AgentMain {
  private static final Logger logger = LoggerFactory.getLogger(AgentMain.class);
  private static final int EXIT_CANNOT_START = 1;
  private static final int EXIT_USAGE = 2;

  private AgentMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Instant start = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    if (List.of(arguments).contains("--help")) {
      System.out.print(AgentConfig.USAGE);
      return;
    }
    AgentConfig config;
    try {
      config = AgentConfig.parse(List.of(arguments), System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_USAGE);
      return;
    }
    AgentLogging.configure(config.logLevel(), config.logJson());
    if (!ProcessHardening.forbidDumps()) {
      logger.warn("the kernel did not agree to forbid core dumps; this process's memory has keys");
    }
    try {
      Agent agent = Agent.start(config);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent), "stop"));
      while (!agent.awaitReady(Duration.ofSeconds(30))) {
        logger.warn("not ready: the CA at {} has not been reached yet", config.ca());
      }
      logger.info(
          "ready: {} serves, {} ms after the start",
          config.socket(),
          Duration.between(start, Instant.now()).toMillis());
      Thread.currentThread().join();
    } catch (StartRefusedException e) {
      logger.debug("why", e);
      System.err.println("alts-agent cannot start: " + e.getMessage());
      System.exit(EXIT_CANNOT_START);
    }
  }

  private static void stop(Agent agent) {
    agent.close();
    System.out.println("stopped");
  }
}
