package dev.alts.ca.admin.web;

import static dev.alts.ca.admin.web.HumanAuthentication.ADMIN_ROLE;
import static dev.alts.ca.admin.web.HumanAuthentication.HUMAN_ROLE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

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
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * Who may do what on the admin port, all in one list; what is not in the list is denied.
 *
 * <p>Stateless: no session, no cookie, so no CSRF token either; {@link BrowserRequestFilter} covers
 * certificates in browsers.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class AdminSecurity {
  private static final String ONE_NAME = "/v1/humans/{name}";

  @Bean
  SecurityFilterChain adminChain(
      HttpSecurity http,
      HumanCertificates certificates,
      ReplicaLease lease,
      ProblemWriter problems) {
    return http.authorizeHttpRequests(AdminSecurity::operations)
        .addFilterBefore(new LeaseFilter(lease, problems), AnonymousAuthenticationFilter.class)
        .addFilterBefore(
            new HumanAuthenticationFilter(certificates), AnonymousAuthenticationFilter.class)
        .addFilterBefore(new BrowserRequestFilter(problems), AuthorizationFilter.class)
        .exceptionHandling(handling ->
            handling
                .authenticationEntryPoint((request, response, cause) ->
                    problems.write(
                        response,
                        Problem.of(
                            HttpStatus.UNAUTHORIZED,
                            "This needs a certificate of a human of this trust domain"
                                + " that is valid and not disabled.",
                            "Log in again: altsctl login. An admin gives out the code.")))
                .accessDeniedHandler((request, response, cause) ->
                    problems.write(response, Problem.of(HttpStatus.FORBIDDEN))))
        .headers(AdminSecurity::headers)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .build();
  }

  private static void operations(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          may) {
    may.dispatcherTypeMatchers(DispatcherType.ERROR).permitAll();
    may.requestMatchers(GET, "/v1/trust-document", "/v1/trust-documents").permitAll();
    may.requestMatchers(POST, "/v1/enrolments/redeem").permitAll();
    may.requestMatchers(GET, "/v1/documents").hasRole(HUMAN_ROLE);
    may.requestMatchers(POST, "/v1/login/renew").hasRole(HUMAN_ROLE);
    may.requestMatchers(
            GET,
            "/v1/humans",
            "/v1/machines",
            "/v1/machines/{name}/blast-radius",
            "/v1/svids",
            "/v1/svids/{serial}",
            "/v1/inventory",
            "/v1/audit/events",
            "/v1/rules",
            "/v1/rules/versions",
            "/v1/explain/svids/{serial}",
            "/v1/explain/denials",
            "/v1/explain/denials/{id}",
            "/v1/rules/versions/{version}",
            "/v1/revocations",
            "/v1/naming",
            "/v1/naming/explain",
            "/v1/authorities",
            "/v1/roots",
            "/v1/document-keys",
            "/v1/jwt-keys",
            "/v1/authorities/obstacles",
            "/v1/upstream-chains",
            "/v1/policies/{kind}",
            "/v1/policies/{kind}/versions",
            "/v1/bans")
        .hasRole(ADMIN_ROLE);
    may.requestMatchers(PUT, "/v1/rules", "/v1/naming", "/v1/policies/{kind}").hasRole(ADMIN_ROLE);
    may.requestMatchers(
            POST,
            "/v1/join-tokens",
            ONE_NAME + "/enrolments",
            ONE_NAME + "/disable",
            ONE_NAME + "/enable",
            "/v1/machines/{name}/rotate",
            "/v1/rules/test",
            "/v1/rules/preview",
            "/v1/explain/requests",
            "/v1/rules/rollback",
            "/v1/revocations",
            "/v1/authorities/{step}",
            "/v1/upstream-chains",
            "/v1/upstream-chains/request",
            "/v1/upstream-chains/remove",
            "/v1/roots/prepare",
            "/v1/roots/activate",
            "/v1/roots/export",
            "/v1/roots/import",
            "/v1/document-keys/{step}",
            "/v1/jwt-keys/{step}",
            "/v1/unbans",
            "/v1/audit/verify")
        .hasRole(ADMIN_ROLE);
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
