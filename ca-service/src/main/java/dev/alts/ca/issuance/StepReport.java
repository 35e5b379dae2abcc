package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.util.List;

/** Tells every listener. */
record StepReport(List<IssuanceStepListener> listeners) {
  StepReport {
    listeners = List.copyOf(listeners);
  }

  void took(IssuanceStep step, Bytes bytes) {
    for (IssuanceStepListener listener : listeners) {
      listener.took(step, bytes);
    }
  }
}
