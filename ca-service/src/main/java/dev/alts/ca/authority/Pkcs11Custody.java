package dev.alts.ca.authority;

import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Private keys in a PKCS#11 token: made there, not extractable, used there. The database holds only
 * their names. Secrets that are no signing keys are wrapped by an AES key of the token. A login
 * that is lost is made again at the next use. Thread-safe.
 */
final class Pkcs11Custody implements KeyCustody {
  static final String NAME = "pkcs11";

  private static final Logger log = LoggerFactory.getLogger(Pkcs11Custody.class);
  private static final String ALIAS_PREFIX = "alts-ca-";
  private static final String WRAPPING_ALIAS = ALIAS_PREFIX + "wrapping";
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Pkcs11Settings settings;
  private final SecureRandom random;
  private final Bytes keyId;
  private volatile Login login;
  private long failedAt;

  private Pkcs11Custody(Pkcs11Settings settings, SecureRandom random, Login login)
      throws GeneralSecurityException {
    this.settings = settings;
    this.random = random;
    this.login = login;
    this.keyId = login.keyId();
    this.failedAt = System.nanoTime() - RETRY_NANOS;
  }

  /**
   * Logs in.
   *
   * @param mayCreate whether nothing is wrapped yet, so that a missing wrapping key may be made
   * @throws StartRefusedException if the token cannot be used; it says why
   */
  static Pkcs11Custody open(Pkcs11Settings settings, boolean mayCreate, SecureRandom random) {
    try {
      Pkcs11Token token = Pkcs11Token.open(settings);
      if (mayCreate && token.secret(WRAPPING_ALIAS).isEmpty()) {
        token.generateSecret(WRAPPING_ALIAS);
      }
      return new Pkcs11Custody(settings, random, login(settings, token, random));
    } catch (GeneralSecurityException | ProviderException e) {
      throw new StartRefusedException(
          "The token %s cannot do what the CA needs: %s.".formatted(settings.describeToken(), e),
          "See docs/operate/custody.md for what the CA needs of a token.",
          e);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bytes wrappingKeyId() {
    return keyId;
  }

  @Override
  public NewKey generate(UUID id) {
    String alias = ALIAS_PREFIX + id;
    KeyPair pair = use(login -> login.token().generate(alias, Pkcs11KeyLabel::of));
    return new NewKey(
        Bytes.copyOf(pair.getPublic().getEncoded()),
        Bytes.copyOf(alias.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public Signer signer(UUID id, Bytes spki, Bytes kept) {
    String alias = new String(kept.toByteArray(), StandardCharsets.US_ASCII);
    if (!use(login -> login.token().has(alias))) {
      throw new StartRefusedException(
          "The token %s has no key %s, which the database names."
              .formatted(settings.describeToken(), alias),
          "Restore the token from its backup, or name the right one by"
              + " alts.ca.pkcs11.token-label or alts.ca.pkcs11.slot.");
    }
    return message -> use(login -> login.token().sign(alias, message));
  }

  @Override
  public Bytes seal(RowIdentity row, SecretBytes secret) {
    return use(login -> login.sealing().seal(row, secret));
  }

  @Override
  public SecretBytes open(RowIdentity row, Bytes sealed) {
    return use(login -> {
      try {
        return login.sealing().open(row, sealed);
      } catch (WrappedKeyException e) {
        // Providers report a lost session as a wrong tag, too: only a token that answers may say
        // so.
        login.keyId();
        throw e;
      }
    });
  }

  @Override
  public void requireReachable() {
    Bytes answered = use(Login::keyId);
    if (!answered.equals(keyId)) {
      throw unavailable(new ProviderException("its wrapping key is another one than before"));
    }
  }

  @Override
  public void close() {
    login.token().logout();
  }

  @Override
  public String toString() {
    return settings.describeToken();
  }

  private <T> T use(Use<T> use) {
    Login before = login;
    try {
      return use.with(before);
    } catch (GeneralSecurityException | ProviderException | IOException e) {
      log.warn("PKCS#11 token {} failed, logging in again: {}", this, e.toString());
      Login again = again(before, e);
      try {
        return use.with(again);
      } catch (GeneralSecurityException | ProviderException | IOException twice) {
        throw unavailable(twice);
      }
    }
  }

  /** One thread logs in again; whoever else failed with the same login takes the result. */
  private synchronized Login again(Login before, Exception cause) {
    if (login != before) {
      return login;
    }
    if (System.nanoTime() - failedAt < RETRY_NANOS) {
      throw unavailable(cause);
    }
    try {
      Login opened = login(settings, Pkcs11Token.open(settings), random);
      if (!opened.keyId().equals(keyId)) {
        throw new ProviderException("it is another token than before");
      }
      login = opened;
      log.info("PKCS#11 token {} answers again", this);
      return opened;
    } catch (GeneralSecurityException
        | ProviderException
        | StartRefusedException
        | UncheckedIOException e) {
      failedAt = System.nanoTime();
      throw unavailable(e);
    }
  }

  private CustodyUnavailableException unavailable(Exception cause) {
    return new CustodyUnavailableException(
        "PKCS#11 token %s does not answer".formatted(this), cause);
  }

  private static Login login(Pkcs11Settings settings, Pkcs11Token token, SecureRandom random)
      throws GeneralSecurityException {
    SecretKey wrapping =
        token
            .secret(WRAPPING_ALIAS)
            .orElseThrow(() ->
                new StartRefusedException(
                    "The token %s has no key %s, under which the database's secrets are wrapped."
                        .formatted(settings.describeToken(), WRAPPING_ALIAS),
                    "Restore the token from its backup, or name the right one by"
                        + " alts.ca.pkcs11.token-label or alts.ca.pkcs11.slot."));
    return new Login(token, wrapping, new RowSealing(wrapping, token.provider(), random));
  }

  /** Something done with the token that may be done again after a new login. */
  private interface Use<T> {
    T with(Login login) throws GeneralSecurityException, IOException;
  }

  /** What belongs to one login. A final class and no record: it holds a key, if only a handle. */
  private static final class Login {
    private static final byte[] CHECKED =
        "alts ca wrapping key of a token.".getBytes(StandardCharsets.US_ASCII);

    private final Pkcs11Token token;
    private final SecretKey wrapping;
    private final RowSealing sealing;

    private Login(Pkcs11Token token, SecretKey wrapping, RowSealing sealing) {
      this.token = token;
      this.wrapping = wrapping;
      this.sealing = sealing;
    }

    Pkcs11Token token() {
      return token;
    }

    RowSealing sealing() {
      return sealing;
    }

    /** A key check value: two blocks of known text, encrypted. */
    Bytes keyId() throws GeneralSecurityException {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", token.provider());
      cipher.init(Cipher.ENCRYPT_MODE, wrapping);
      return Bytes.copyOf(cipher.doFinal(CHECKED));
    }
  }
}
