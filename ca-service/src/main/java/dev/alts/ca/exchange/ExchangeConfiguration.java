package dev.alts.ca.exchange;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.replica.Duties;
import dev.alts.ca.revocation.RevocationService;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ExchangeConfiguration {
  @Bean
  TokenVerifier tokenVerifier(ExchangeIssuers issuers, HttpsFetcher fetcher, InstantSource clock) {
    return new TokenVerifier(issuers::ofUrl, new IssuerKeys(fetcher, clock)::find);
  }

  @Bean
  TokenExchange.Deciding exchangeDeciding(
      CaSettings settings, IdentityRules rules, RevocationService revocations) {
    return new TokenExchange.Deciding(settings, rules, revocations);
  }

  @Bean
  ExchangeReview exchangeReview(
      CaSettings settings,
      IdentityRules rules,
      ExchangeIssuers issuers,
      ExchangeGrants grants,
      UsedTokens used,
      RevocationService revocations,
      Duties duties) {
    ExchangeReview review =
        new ExchangeReview(settings, rules, issuers, grants, used, revocations, duties);
    review.start();
    return review;
  }
}
