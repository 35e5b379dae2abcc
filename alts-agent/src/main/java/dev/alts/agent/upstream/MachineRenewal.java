package dev.alts.agent.upstream;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.agent.credentials.Issuance;
import dev.alts.agent.credentials.Renewal;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.identity.x509.InvalidCertificateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Renews the machine's own two certificates: new keys, stored before they are used. The same
 * request goes out again until it is answered, so a lost answer costs nothing. One call at a time.
 */
public final class MachineRenewal implements Renewal {
  private static final int IDEMPOTENCY_KEY_BYTES = 16;

  private final CaClient ca;
  private final MachineStore store;
  private final SecureRandom random;
  private final Executor executor;
  private final AtomicReference<@Nullable Pending> unanswered = new AtomicReference<>();

  private static final class Pending {
    private final MachineKeyPairs keys;
    private final RenewRequest request;

    Pending(SecureRandom random) {
      byte[] idempotencyKey = new byte[IDEMPOTENCY_KEY_BYTES];
      random.nextBytes(idempotencyKey);
      this.keys = MachineKeyPairs.generate(random);
      this.request =
          RenewRequest.newBuilder()
              .setKeys(keys.wire())
              .setIdempotencyKey(UnsafeByteOperations.unsafeWrap(idempotencyKey))
              .build();
    }
  }

  /**
   * @param executor runs the blocking call
   */
  public MachineRenewal(CaClient ca, MachineStore store, SecureRandom random, Executor executor) {
    this.ca = ca;
    this.store = store;
    this.random = random;
    this.executor = executor;
  }

  @Override
  public CompletableFuture<Issuance> ask() {
    return CompletableFuture.supplyAsync(this::renew, executor);
  }

  private Issuance renew() {
    Pending existing = unanswered.get();
    Pending pending = existing == null ? new Pending(random) : existing;
    unanswered.set(pending);
    var response = ca.renew(pending.request);
    unanswered.set(null);
    try {
      MachineIdentity identity =
          MachineIdentity.of(response.getCredentials(), pending.keys, random);
      // Stored first: a crash after this line starts with the new certificates, one before it with
      // the old ones, which are good until they expire.
      store.save(identity);
      ca.reconnectAs(identity.tls().svid());
      return identity.asGranted();
    } catch (InvalidCertificateException e) {
      throw new CompletionException("the CA renewed the machine's certificates wrongly", e);
    } catch (IOException e) {
      throw new UncheckedIOException("storing the machine's new certificates", e);
    }
  }
}
