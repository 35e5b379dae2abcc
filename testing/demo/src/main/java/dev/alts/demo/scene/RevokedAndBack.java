package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;

/** An identity is revoked: what rests on it ends, and the rules decide what comes after. */
final class RevokedAndBack implements Scene {
  @Override
  public String title() {
    return "An identity revoked under an open call";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    cast.shop().ask("hold " + cast.paymentsAddress(), "holding");
    String before = cast.shop().certificate();
    long start = System.nanoTime();
    JsonObject cut =
        story.await(
            "revoking",
            () -> {
              cast.admin()
                  .ask("revoke", "--identity=" + Cast.id("/demo/" + Cast.SHOP), "--reason=demo");
              return cast.shop().await("cut");
            });
    story.done("altsctl revoke --identity: the open call of shop was cut", Story.since(start));
    story.detail("counted from the start of the command; shop learns " + Calls.reason(cut));
    cast.shop().awaitCertificateOtherThan(before);
    JsonObject again = cast.shop().ask("call " + cast.paymentsAddress(), "called");
    Calls.requireSuccess(again);
    if (again.getAsJsonObject("server").get("resumed").getAsBoolean()) {
      throw new IllegalStateException("a ticket outlived the revocation: " + again);
    }
    story.done("the rules still name shop, so it got a new certificate and calls again");
    story.detail(
        "with a full handshake: no ticket of before counts; who is to stay out is banned (--ban)");
  }
}
