package dev.alts.demo.scene;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Why a process has its name, why another would get none, and how that was before. */
final class Explained implements Scene {
  private static final String STRANGER = "workload.unix.uid=4294967294";

  @Override
  public String title() {
    return "Why?";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    String shop = Cast.id("/demo/" + Cast.SHOP);
    List<String> why =
        cast.admin()
            .tryTo("", "explain", "svid", shop)
            .output()
            .lines()
            .map(String::strip)
            .toList();
    if (!why.contains("gives " + shop)) {
      throw new IllegalStateException("shop is explained in another way: " + why);
    }
    story.done("altsctl explain svid " + shop);
    why.stream().filter(line -> line.startsWith("fact ")).forEach(story::detail);
    why.stream().filter(line -> line.contains(": matches, ")).forEach(story::detail);

    JsonObject stranger = ofStranger(cast);
    story.done("altsctl explain request --fact %s: would get nothing".formatted(STRANGER));
    story.detail("in the way: " + Calls.text(stranger, "firstObstacle"));

    JsonObject before = ofStranger(cast, "--at=" + firstRules(cast).minusMillis(1));
    story.done("the same as of a moment before the first rules: nobody would");
    story.detail("in the way: " + Calls.text(before, "firstObstacle"));
  }

  private static JsonObject ofStranger(Cast cast, String... more) throws InterruptedException {
    String[] arguments = {"explain", "request", "--machine=" + Cast.MACHINE, "--fact=" + STRANGER};
    JsonObject answer =
        cast.admin()
            .ask(Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new))
            .getAsJsonObject();
    if (!answer.getAsJsonArray("granted").isEmpty()) {
      throw new IllegalStateException("a stranger would get a name: " + answer);
    }
    return answer;
  }

  private static Instant firstRules(Cast cast) throws InterruptedException {
    JsonArray versions = cast.admin().ask("rule", "history", "--limit=1000").getAsJsonArray();
    return Instant.parse(
        Calls.text(versions.get(versions.size() - 1).getAsJsonObject(), "createdAt"));
  }
}
