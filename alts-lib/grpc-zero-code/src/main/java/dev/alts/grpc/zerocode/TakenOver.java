package dev.alts.grpc.zerocode;

import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.ChoiceServerCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.util.List;
import java.util.Optional;

/**
 * Credentials with ALTS wherever they said "insecure". Everything else stays what it was, in its
 * order: of a choice gRPC takes the first that it can, and call credentials go with the channel's.
 */
final class TakenOver {
  private TakenOver() {}

  /** {@return what to use in place of {@code own}; empty: nothing in it is insecure} */
  static Optional<ChannelCredentials> of(ChannelCredentials own, ChannelCredentials alts) {
    return switch (own) {
      case InsecureChannelCredentials insecure -> Optional.of(alts);
      case CompositeChannelCredentials both ->
          of(both.getChannelCredentials(), alts)
              .map(inner -> CompositeChannelCredentials.create(inner, both.getCallCredentials()));
      case ChoiceChannelCredentials choice -> {
        List<ChannelCredentials> all = choice.getCredentialsList();
        yield all.stream().noneMatch(one -> of(one, alts).isPresent())
            ? Optional.empty()
            : Optional.of(
                ChoiceChannelCredentials.create(
                    all.stream()
                        .map(one -> of(one, alts).orElse(one))
                        .toArray(ChannelCredentials[]::new)));
      }
      default -> Optional.empty();
    };
  }

  /** {@return what to use in place of {@code own}; empty: nothing in it is insecure} */
  static Optional<ServerCredentials> of(ServerCredentials own, ServerCredentials alts) {
    return switch (own) {
      case InsecureServerCredentials insecure -> Optional.of(alts);
      case ChoiceServerCredentials choice -> {
        List<ServerCredentials> all = choice.getCredentialsList();
        yield all.stream().noneMatch(one -> of(one, alts).isPresent())
            ? Optional.empty()
            : Optional.of(
                ChoiceServerCredentials.create(
                    all.stream()
                        .map(one -> of(one, alts).orElse(one))
                        .toArray(ServerCredentials[]::new)));
      }
      default -> Optional.empty();
    };
  }
}
