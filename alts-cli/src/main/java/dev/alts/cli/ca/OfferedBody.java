package dev.alts.cli.ca;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A body that is sent once the other side has said "100 Continue", and knows whether it was.
 * Without it no change is made, so a request whose body was not taken may be made elsewhere.
 */
final class OfferedBody implements BodyPublisher {
  private final BodyPublisher body;
  private final AtomicBoolean taken = new AtomicBoolean();

  OfferedBody(String text) {
    this.body = BodyPublishers.ofString(text);
  }

  boolean wasTaken() {
    return taken.get();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    taken.set(true);
    body.subscribe(subscriber);
  }
}
