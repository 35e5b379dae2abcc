package dev.alts.ca.admin.web;

import dev.alts.ca.humans.Permission;
import dev.alts.ca.humans.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Says which role it takes to whoever may not; of what is no operation it says nothing. */
final class MissingRole implements AccessDeniedHandler {
  private record Known(PathPattern path, AdminOperations.Operation operation) {}

  private final List<Known> operations =
      AdminOperations.ALL.stream()
          .map(operation ->
              new Known(PathPatternParser.defaultInstance.parse(operation.path()), operation))
          .toList();
  private final ProblemWriter problems;

  MissingRole(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
      throws IOException {
    problems.write(
        response,
        permission(request).map(MissingRole::problem).orElse(Problem.of(HttpStatus.FORBIDDEN)));
  }

  /** {@return the problem of somebody who has no role with {@code missing}, or a limited one} */
  static Problem problem(Permission missing) {
    String roles =
        Arrays.stream(Role.values())
            .filter(role -> role.permissions().contains(missing))
            .map(Role::text)
            .collect(Collectors.joining(" or "));
    return Problem.of(
        HttpStatus.FORBIDDEN,
        "This takes the permission %s: the role %s%s. You have %s."
            .formatted(
                missing.text(),
                roles,
                missing.reach() == Permission.Reach.DOMAIN ? " without limits" : "",
                own()),
        "A security-admin gives it: altsctl human role grant NAME ROLE.");
  }

  private static String own() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller != null
        && caller.getPrincipal() instanceof AuthenticatedHuman human
        && !human.rights().held().isEmpty()) {
      return human.rights().held().stream().map(Object::toString).collect(Collectors.joining(", "));
    }
    return "no role";
  }

  private Optional<Permission> permission(HttpServletRequest request) {
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    PathContainer path = PathContainer.parsePath(request.getRequestURI());
    return operations.stream()
        .filter(known -> known.operation().method().equals(method) && known.path().matches(path))
        .map(known -> known.operation().permission())
        .findFirst();
  }
}
