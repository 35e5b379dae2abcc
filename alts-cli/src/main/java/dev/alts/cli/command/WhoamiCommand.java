package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.JsonText;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Who is logged in, as the CA sees it. */
@Command(name = "whoami", description = "Show who you are to the CA and what you may do.")
public final class WhoamiCommand implements Runnable {
  private final Session session;

  public WhoamiCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    try (CaClient ca = session.ca()) {
      JsonObject self = ca.get("/v1/self");
      List<String> lines = new ArrayList<>();
      lines.add(
          "%s, logged in until %s"
              .formatted(JsonText.of(self.get("spiffeId")), JsonText.of(self.get("notAfter"))));
      for (JsonElement role : self.getAsJsonArray("roles")) {
        lines.add("  " + HumanRoleCommand.describe(role.getAsJsonObject()));
      }
      if (self.getAsJsonArray("roles").isEmpty()) {
        lines.add("  no role; a security-admin gives one: altsctl human role grant NAME ROLE");
      }
      lines.add("may: " + JsonText.of(self.get("permissions")));
      session.printer().one(self, lines);
    }
  }
}
