package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.StringValue;
import io.grpc.ChannelCredentials;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** One call that stays open over one connection; tells when it is open and how it ended. */
final class HeldChannel implements StreamObserver<StringValue> {
  private final OneChannel channel;
  private final Events events;

  private HeldChannel(OneChannel channel, Events events) {
    this.channel = channel;
    this.events = events;
  }

  static void open(ChannelCredentials credentials, String address, Events events) {
    OneChannel channel = new OneChannel(credentials, address);
    channel.watch(new HeldChannel(channel, events));
  }

  @Override
  public void onNext(StringValue seen) {
    events.tell("holding", JsonParser.parseString(seen.getValue()).getAsJsonObject());
  }

  @Override
  public void onError(Throwable failure) {
    end(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end(Status.OK);
  }

  private void end(Status status) {
    JsonObject cut = new JsonObject();
    cut.addProperty("status", status.getCode().name());
    cut.addProperty("description", String.valueOf(status.getDescription()));
    events.tell("cut", cut);
    channel.close();
  }
}
