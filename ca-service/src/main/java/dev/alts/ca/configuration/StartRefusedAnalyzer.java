package dev.alts.ca.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a refused start as two sentences instead of a stack trace. */
public final class StartRefusedAnalyzer extends AbstractFailureAnalyzer<StartRefusedException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, StartRefusedException cause) {
    String message = cause.getMessage();
    String remedy = cause.remedy();
    String problem =
        message == null ? "The CA refused to start." : message.replace(" " + remedy, "");
    return new FailureAnalysis(problem, remedy, rootFailure);
  }
}
