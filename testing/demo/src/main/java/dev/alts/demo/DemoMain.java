package dev.alts.demo;

import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.Scene;
import dev.alts.demo.scene.Scenes;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** {@code demo}: tell the story and stop. {@code up}: keep everything running until Ctrl-C. */
public final class DemoMain {
  private DemoMain() {}

  public static void main(String[] words) {
    List<String> arguments = List.of(words);
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    Story story = new Story(new PrintStream(System.out, true, StandardCharsets.UTF_8), terminal);
    long start = System.nanoTime();
    Stage stage = Stage.open(Programs.ofThisBuild());
    if (arguments.contains("--keep")) {
      stage.keep();
      story.detail("logs stay in " + stage.path(""));
    }
    // Ctrl-C and every other way out end the children and delete the directory
    Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "end of the demo"));
    try {
      Cast cast = new Opening(stage, story).play();
      if (arguments.contains("up")) {
        stayUp(cast, story);
      }
      for (Scene scene : Scenes.inOrder()) {
        story.scene(scene.title());
        scene.play(cast, story);
      }
      story.scene("The end");
      stage.close();
      story.done("everything stopped, nothing left behind", Story.since(start));
    } catch (InterruptedException e) {
      System.exit(130);
    } catch (Exception e) {
      if (stage.isClosed()) {
        // Ctrl-C: what fails now fails because its process was stopped
        System.exit(130);
      }
      System.err.println("The demo failed: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void stayUp(Cast cast, Story story) throws InterruptedException {
    story.scene("Everything is up; Ctrl-C stops it. From another terminal:");
    story.detail("export ALTS_CONFIG_HOME=" + cast.admin().home());
    for (String command :
        List.of(
            "machine list",
            "rule list",
            "cert list",
            "token create --machine another --label env=demo",
            "probe " + cast.paymentsAddress())) {
      story.detail("./alts ctl " + command);
    }
    story.detail(
        "Programs of yours: ALTS_AGENT_SOCKET=%s, and a rule that names them"
            .formatted(cast.agent().socket()));
    new CountDownLatch(1).await();
  }
}
