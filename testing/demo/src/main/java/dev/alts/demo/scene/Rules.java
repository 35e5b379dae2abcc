package dev.alts.demo.scene;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.demo.stage.Isolation;
import dev.alts.demo.stage.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The identity rules of the demo: which of its workloads gets which name. */
final class Rules {
  /** Workloads that get a name of their own. */
  private static final List<String> NAMED = List.of(Cast.PAYMENTS, Cast.SHOP, Cast.BATCH);

  private Rules() {}

  /** {@return a file that altsctl rule apply takes} */
  static Path write(Stage stage) {
    JsonArray rules = new JsonArray();
    NAMED.forEach(name -> rules.add(named(stage.isolation(), name)));
    JsonObject monitor = rule(stage.isolation(), Cast.MONITOR);
    monitor.addProperty("use-machine-identity", true);
    rules.add(monitor);
    JsonObject content = new JsonObject();
    content.add("rules", rules);
    try {
      return Files.writeString(stage.path("rules.json"), content.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the condition of the rule for {@code name}} */
  static String condition(Isolation isolation, String name) {
    return "machine.labels.env == \"demo\" && " + isolation.condition(name);
  }

  private static JsonObject named(Isolation isolation, String name) {
    JsonObject rule = rule(isolation, name);
    rule.addProperty("identity", "/{machine.labels.env}/" + name);
    return rule;
  }

  private static JsonObject rule(Isolation isolation, String name) {
    JsonObject rule = new JsonObject();
    rule.addProperty("name", name);
    rule.addProperty("when", condition(isolation, name));
    rule.addProperty("ttl", "1h");
    return rule;
  }
}
