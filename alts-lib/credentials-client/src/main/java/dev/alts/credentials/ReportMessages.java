package dev.alts.credentials;

import dev.alts.api.credentials.v1.ClearTextPeer.Direction;
import dev.alts.api.credentials.v1.Denial;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.UnnamedTarget;
import dev.alts.report.ClearTextPeer;
import dev.alts.report.ReportContents;
import dev.alts.report.ReportedDenial;

/** A report as the agent's API has it. */
final class ReportMessages {
  private ReportMessages() {}

  static ReportRequest request(String identity, ReportContents contents) {
    ReportRequest.Builder request =
        ReportRequest.newBuilder().setSpiffeId(identity).putAllCounters(contents.counters());
    contents.denials().forEach(denial -> request.addDenials(denial(denial)));
    contents.clearTextPeers().forEach(peer -> request.addClearTextPeers(peer(peer)));
    contents
        .unnamedTargets()
        .forEach((target, connections) ->
            request.addUnnamedTargets(
                UnnamedTarget.newBuilder().setTarget(target).setConnections(connections)));
    return request.build();
  }

  private static Denial denial(ReportedDenial denial) {
    return Denial.newBuilder()
        .setAt(denial.at().getEpochSecond())
        .setPeerSpiffeId(denial.peer())
        .setMethod(denial.method())
        .setReason(denial.reason())
        .build();
  }

  private static dev.alts.api.credentials.v1.ClearTextPeer peer(ClearTextPeer peer) {
    return dev.alts.api.credentials.v1.ClearTextPeer.newBuilder()
        .setPeer(peer.name())
        .setDirection(
            switch (peer.direction()) {
              case INCOMING -> Direction.INCOMING;
              case OUTGOING -> Direction.OUTGOING;
            })
        .setConnections(peer.connections())
        .setFirstAt(peer.first().getEpochSecond())
        .setLastAt(peer.last().getEpochSecond())
        .build();
  }
}
