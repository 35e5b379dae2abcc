package dev.alts.agent.upstream;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Lets a gRPC channel have several hosts as its target. Public because gRPC finds it by name. */
public final class CaNameResolverProvider extends NameResolverProvider {
  private static final String SCHEME = "alts-ca";

  private final Random random = new SecureRandom();

  /** {@return the target of a channel to whichever of {@code addresses} answers} */
  static String target(CaAddresses addresses) {
    return SCHEME + ":///" + addresses.toString().replace("[", "%5B").replace("]", "%5D");
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    String path = target.getPath();
    if (!SCHEME.equals(target.getScheme()) || path == null) {
      return null;
    }
    return new CaNameResolver(CaAddresses.parse(path.substring(1)), random);
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /** Below DNS, which stays the default for targets without a scheme. */
  @Override
  protected int priority() {
    return 1;
  }
}
