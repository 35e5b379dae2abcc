package dev.alts.ca.admin.web;

import dev.alts.ca.humans.Permission;
import dev.alts.ca.replica.ReplicaLease;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * Who may do what on the admin port, all by one list, {@link AdminOperations}; what is not in the
 * list is denied.
 *
 * <p>Stateless: no session, no cookie, so no CSRF token either; {@link BrowserRequestFilter} covers
 * certificates in browsers.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class AdminSecurity {
  @Bean
  SecurityFilterChain adminChain(
      HttpSecurity http,
      HumanCertificates certificates,
      HumanTokens tokens,
      RequestLimits limits,
      ReplicaLease lease,
      ProblemWriter problems) {
    tokens
        .decoder()
        .ifPresent(decoder ->
            http.oauth2ResourceServer(server ->
                server
                    .authenticationEntryPoint(nobody(problems))
                    .jwt(jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(tokens))));
    return http.authorizeHttpRequests(AdminSecurity::operations)
        // Before all that asks the database, so before every kind of authentication.
        .addFilterBefore(new LeaseFilter(lease, problems), LogoutFilter.class)
        .addFilterBefore(new OneCredentialFilter(problems), LogoutFilter.class)
        .addFilterBefore(
            new HumanAuthenticationFilter(certificates), AnonymousAuthenticationFilter.class)
        .addFilterBefore(
            new HumanLimitFilter(limits, System::nanoTime, problems), AuthorizationFilter.class)
        .addFilterBefore(new BrowserRequestFilter(problems), AuthorizationFilter.class)
        .exceptionHandling(handling ->
            handling
                .authenticationEntryPoint(nobody(problems))
                .accessDeniedHandler(new MissingRole(problems)))
        .headers(AdminSecurity::headers)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .build();
  }

  private static AuthenticationEntryPoint nobody(ProblemWriter problems) {
    return (request, response, cause) ->
        problems.write(
            response,
            Problem.of(
                HttpStatus.UNAUTHORIZED,
                "This needs a certificate of a human of this trust domain, or a token of its"
                    + " OpenID provider if it has one, that is valid; and the human not disabled.",
                "Log in again: altsctl login. An admin gives out the code."));
  }

  private static void operations(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          may) {
    may.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
    for (AdminOperations.Operation operation : AdminOperations.ALL) {
      var matched = may.requestMatchers(operation.method(), operation.path());
      if (operation.permission() == Permission.ANYONE) {
        matched.permitAll();
      } else {
        matched.hasAuthority(operation.permission().text());
      }
    }
    may.anyRequest().denyAll();
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .contentSecurityPolicy(
            policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER))
        .crossOriginOpenerPolicy(policy ->
            policy.policy(
                org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter
                    .CrossOriginOpenerPolicy.SAME_ORIGIN))
        .httpStrictTransportSecurity(
            hsts -> hsts.maxAgeInSeconds(Duration.ofDays(365).toSeconds()));
  }

  /** Requests that Spring's firewall refuses, such as those with an encoded slash in the path. */
  @Bean
  RequestRejectedHandler requestRejectedHandler(ProblemWriter problems) {
    return (request, response, cause) ->
        problems.write(response, Problem.of(HttpStatus.BAD_REQUEST));
  }

  /** There are no passwords here; without this bean Boot would make a user with one. */
  @Bean
  UserDetailsService noPasswords() {
    return new InMemoryUserDetailsManager();
  }
}
