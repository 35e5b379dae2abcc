package dev.alts.agent.upstream;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Every address of every replica, in an order of this channel's own, so that many agents spread
 * over the replicas and a new channel is likely to begin elsewhere. Names are asked for anew
 * whenever a connection was lost.
 */
final class CaNameResolver extends NameResolver {
  private final CaAddresses addresses;
  private final long order;
  private @Nullable Listener2 listener;

  CaNameResolver(CaAddresses addresses, Random random) {
    this.addresses = addresses;
    this.order = random.nextLong();
  }

  @Override
  public String getServiceAuthority() {
    // Only a name for the logs: who answers is decided by its SPIFFE ID.
    return addresses.all().getFirst().toString();
  }

  @Override
  public void start(Listener2 told) {
    listener = told;
    refresh();
  }

  @Override
  public void refresh() {
    Listener2 told = listener;
    if (told != null) {
      Thread.ofVirtual().name("ca-addresses").start(() -> told.onResult(resolve()));
    }
  }

  @Override
  public void shutdown() {
    listener = null;
  }

  private ResolutionResult resolve() {
    List<EquivalentAddressGroup> found = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (CaAddress address : addresses.all()) {
      try {
        for (InetAddress host : InetAddress.getAllByName(address.host())) {
          found.add(new EquivalentAddressGroup(new InetSocketAddress(host, address.port())));
        }
      } catch (UnknownHostException e) {
        unknown.add(address.host());
      }
    }
    // The same order each time, or a channel that works would be moved whenever it looks again.
    Collections.shuffle(found, new Random(order));
    return ResolutionResult.newBuilder()
        .setAddressesOrError(
            found.isEmpty()
                ? StatusOr.fromStatus(
                    Status.UNAVAILABLE.withDescription(
                        "no address is known of " + String.join(", ", unknown)))
                : StatusOr.fromValue(found))
        .build();
  }
}
