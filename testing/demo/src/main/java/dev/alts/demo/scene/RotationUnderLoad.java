package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import java.time.Duration;

/** Every certificate of the machine replaced while calls run, and no call fails. */
final class RotationUnderLoad implements Scene {
  private static final Duration BEFORE_AND_AFTER = Duration.ofMillis(700);

  @Override
  public String title() {
    return "Every certificate replaced while calls run";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    cast.shop().tell("keep-calling " + cast.paymentsAddress());
    Thread.sleep(BEFORE_AND_AFTER);
    String oldOfShop = cast.shop().certificate();
    String oldOfPayments = cast.payments().certificate();
    long start = System.nanoTime();
    story.await(
        "rotating",
        () -> {
          JsonObject asked = cast.admin().ask("machine", "rotate", Cast.MACHINE).getAsJsonObject();
          cast.payments().awaitCertificateOtherThan(oldOfPayments);
          cast.shop().awaitCertificateOtherThan(oldOfShop);
          return asked;
        });
    Duration time = Story.since(start);
    Thread.sleep(BEFORE_AND_AFTER);
    JsonObject report = cast.shop().ask("stop", "stopped");
    int certificates = report.getAsJsonArray("certificates").size();
    if (!report.getAsJsonObject("failures").isEmpty() || certificates < 2) {
      throw new IllegalStateException("rotation under load: " + report);
    }
    story.done("both workloads have new certificates and keys, pushed by the CA", time);
    story.done(
        "%s calls over %s connections meanwhile, 0 failed; payments saw %d certificates of shop"
            .formatted(Calls.text(report, "calls"), Calls.text(report, "channels"), certificates));
  }
}
