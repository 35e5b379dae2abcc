package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.shadow.Answer;
import dev.alts.cli.shadow.Comparison;
import dev.alts.cli.shadow.ComparisonReport;
import dev.alts.cli.shadow.OtherUser;
import dev.alts.cli.shadow.WorkloadApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the two agents of this machine tell a process. */
@Command(
    name = "spire",
    description = {
      "Ask SPIRE's agent and ours for the identities of this process, and compare.",
      "An agent answers only for the process that asks, so run it as that user, in that container",
      "or unit; --as does it for users, as root. For every process at once: shadow fleet."
    })
public final class ShadowSpireCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Session session;

  @Option(
      names = "--spire-socket",
      required = true,
      paramLabel = "PATH",
      description = "Of SPIRE's agent.")
  private Path spireSocket = Path.of("");

  @Option(
      names = "--alts-socket",
      paramLabel = "PATH",
      defaultValue = "/run/alts/agent.sock",
      description = "Of our agent (${DEFAULT-VALUE}).")
  private Path altsSocket = Path.of("");

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "Ask as this user instead, with its groups; may be repeated. Needs root.")
  private @Nullable List<String> users;

  @Option(
      names = "--watch",
      description = "Go on, and print whenever the comparison changes, until it is stopped.")
  private boolean watch;

  @Option(names = "--report", paramLabel = "FILE", description = "For the comparison, as JSON.")
  private @Nullable Path report;

  ShadowSpireCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (users != null) {
      if (watch) {
        throw CommandFailedException.usage("--watch: not with --as", null);
      }
      return asUsers(users);
    }
    if (watch) {
      watch();
    }
    Comparison comparison = compare(ask(spireSocket, "SPIRE"), ask(altsSocket, "ALTS"));
    JsonArray all = new JsonArray();
    all.add(json(comparison));
    ShadowCommand.write(report, all);
    print(List.of(comparison), List.of(process()));
    return ShadowCommand.exitCode(List.of(comparison));
  }

  private static Comparison compare(Answer.Told spire, Answer.Told alts) {
    return Comparison.of(spire.identities(), alts.identities(), List.of());
  }

  private static Answer.Told ask(Path socket, String whose) {
    try (WorkloadApi api = new WorkloadApi(socket)) {
      return switch (api.ask(LIMIT)) {
        case Answer.Told told -> told;
        case Answer.Silent silent ->
            throw CommandFailedException.unreachable(
                "%s's agent at %s: %s".formatted(whose, socket, silent.why()),
                "is it running, and may this user connect to its socket?",
                new IOException(silent.why()));
      };
    }
  }

  private int asUsers(List<String> names) {
    JsonArray all = new JsonArray();
    int worst = 0;
    List<JsonObject> rows = new ArrayList<>();
    for (String name : names) {
      OtherUser.Outcome outcome =
          OtherUser.named(name)
              .run(
                  List.of(
                      "shadow",
                      "spire",
                      "--spire-socket=" + spireSocket.toAbsolutePath(),
                      "--alts-socket=" + altsSocket.toAbsolutePath(),
                      "--output=json"));
      outcome
          .answer()
          .asList()
          .forEach(one -> {
            one.getAsJsonObject().addProperty("process", name);
            rows.add(one.getAsJsonObject());
          });
      JsonObject one = new JsonObject();
      one.addProperty("process", name);
      one.add("identities", outcome.answer());
      all.add(one);
      worst = Math.max(worst, outcome.exitCode());
    }
    ShadowCommand.write(report, all);
    session.printer().list(rows, ShadowCommand.TABLE, "");
    return worst;
  }

  /** Never returns of itself. */
  private void watch() {
    record Heard(boolean ofSpire, Answer answer) {}
    BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    Thread.ofVirtual()
        .start(() -> follow(spireSocket, answer -> heard.add(new Heard(true, answer))));
    Thread.ofVirtual()
        .start(() -> follow(altsSocket, answer -> heard.add(new Heard(false, answer))));
    Answer spire = null;
    Answer alts = null;
    List<String> before = List.of();
    try {
      while (true) {
        Heard next = heard.take();
        if (next.ofSpire()) {
          spire = next.answer();
        } else {
          alts = next.answer();
        }
        List<String> lines = spire == null || alts == null ? before : lines(spire, alts);
        if (!lines.equals(before)) {
          session.context().out().println(session.context().clock().instant());
          lines.forEach(session.context().out()::println);
          session.context().out().flush();
          before = lines;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void follow(Path socket, Consumer<Answer> each) {
    try {
      while (true) {
        try (WorkloadApi api = new WorkloadApi(socket)) {
          api.follow(each);
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> lines(Answer spire, Answer alts) {
    if (spire instanceof Answer.Told theirs && alts instanceof Answer.Told ours) {
      return ShadowCommand.TABLE.lines(ComparisonReport.rows(process(), compare(theirs, ours)));
    }
    List<String> lines = new ArrayList<>();
    if (spire instanceof Answer.Silent silent) {
      lines.add("SPIRE's agent: " + silent.why());
    }
    if (alts instanceof Answer.Silent silent) {
      lines.add("our agent: " + silent.why());
    }
    return lines;
  }

  private void print(List<Comparison> comparisons, List<String> processes) {
    List<JsonObject> rows = new ArrayList<>();
    for (int i = 0; i < comparisons.size(); i++) {
      rows.addAll(ComparisonReport.rows(processes.get(i), comparisons.get(i)));
    }
    session.printer().list(rows, ShadowCommand.TABLE, "");
  }

  private static JsonObject json(Comparison comparison) {
    JsonObject json = ComparisonReport.json(comparison);
    json.addProperty("process", process());
    return json;
  }

  private static String process() {
    return Objects.requireNonNullElse(System.getProperty("user.name"), "?")
        + "/"
        + ProcessHandle.current().pid();
  }
}
