package dev.alts.ca.admin.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * What Tomcat answers on its own, before any application saw the request: a problem instead of its
 * HTML page with version and stack trace. Tomcat makes it by name.
 */
public final class ProblemValve extends ErrorReportValve {
  public ProblemValve() {
    setShowReport(false);
    setShowServerInfo(false);
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable cause) {
    if (response.getStatus() < 400 || response.getContentWritten() > 0) {
      return;
    }
    if (!response.setErrorReported()) {
      return;
    }
    Problem problem = Problem.of(HttpStatusCode.valueOf(response.getStatus()));
    // Every text here is a constant of ours without a character that JSON escapes.
    String json =
        "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
            .formatted(problem.type(), problem.title(), problem.status(), problem.detail());
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException | IllegalStateException gone) {
      container.getLogger().debug("error not reported", gone);
    }
  }
}
