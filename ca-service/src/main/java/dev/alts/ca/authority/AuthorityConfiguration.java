package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.replica.CatchUp;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires keys and trust document. */
@Configuration(proxyBeanMethods = false)
class AuthorityConfiguration {
  @Bean
  KeyCustody keyCustody(CaSettings settings, JdbcTemplate jdbc, SecureRandom random) {
    boolean empty =
        Boolean.TRUE.equals(
            jdbc.queryForObject("select not exists (select from signing_key)", Boolean.class));
    try (SecretBytes key =
        new KeyEncryptionKeyFile(settings.keyEncryptionKeyFile()).load(empty, random)) {
      return new KeyCustody(key, random);
    }
  }

  @Bean
  SigningKeys signingKeys(JdbcTemplate jdbc, KeyCustody custody, SecureRandom random) {
    return new SigningKeys(jdbc, custody, EcdsaP256.best(), random);
  }

  @Bean
  AuthorityRows authorityRows(JdbcTemplate jdbc) {
    return new AuthorityRows(jdbc);
  }

  @Bean
  Foundation foundation(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      SigningKeys keys,
      SecureRandom random,
      DatabaseClock clock,
      AuditLog audit) {
    return new Foundation(
        jdbc,
        new TransactionTemplate(transactions),
        keys,
        new AuthorityCertificates(EcdsaP256.best(), random),
        clock,
        audit);
  }

  @Bean
  TrustDomainKeeper trustDomainKeeper(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      CaSettings settings,
      DatabaseClock clock,
      AuditLog audit,
      SigningKeys keys,
      AuthorityRows rows,
      Foundation foundation) {
    try {
      foundation.layIfAbsent(settings);
      return new TrustDomainKeeper(
          jdbc,
          new TransactionTemplate(transactions),
          settings,
          clock,
          audit,
          () -> Keyring.load(keys, rows.all(), EcdsaP256.best()));
    } catch (WrappedKeyException e) {
      throw new StartRefusedException(
          "The key-encryption key %s is not the one under which the keys in the database are wrapped."
              .formatted(settings.keyEncryptionKeyFile()),
          "Restore the right one from your backup, or name it by"
              + " alts.ca.key-encryption-key-file.",
          e);
    }
  }

  @Bean
  @Order(0)
  CatchUp trustDomainCatchUp(TrustDomainKeeper keeper) {
    return keeper::refresh;
  }

  @Bean
  TrustDocumentRefresh trustDocumentRefresh(TrustDomainKeeper keeper) {
    return new TrustDocumentRefresh(keeper);
  }

  @Bean
  AuthorityRotation authorityRotation(
      PlatformTransactionManager transactions,
      CaSettings settings,
      Foundation foundation,
      AuthorityRows rows,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    return new AuthorityRotation(
        new TransactionTemplate(transactions), settings, foundation, rows, audit, keeper);
  }
}
