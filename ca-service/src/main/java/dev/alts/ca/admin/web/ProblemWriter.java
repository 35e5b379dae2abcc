package dev.alts.ca.admin.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems where Spring MVC is not in charge: filters and the security chain. */
@Component
public class ProblemWriter {
  private final JsonMapper json;

  ProblemWriter(AdminJson adminJson) {
    this.json = adminJson.mapper();
  }

  void write(HttpServletResponse response, Problem problem) throws IOException {
    response.setStatus(problem.status());
    if (problem.retryAfterSeconds() > 0 && !response.containsHeader(HttpHeaders.RETRY_AFTER)) {
      response.setIntHeader(HttpHeaders.RETRY_AFTER, problem.retryAfterSeconds());
    }
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }
}
