package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RotationOutcome;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/** How a step that is not taken is told, with the names of those whom it would leave behind. */
final class Hindrance {
  private static final int NAMED = 20;

  private Hindrance() {}

  static RefusedRequestException of(RotationOutcome.Hindered hindered, String hint) {
    List<Obstacle> obstacles = hindered.obstacles();
    String named =
        obstacles.stream().limit(NAMED).map(Obstacle::toString).collect(Collectors.joining(", "));
    int more = obstacles.size() - NAMED;
    return RefusedRequestException.of(
        HttpStatus.CONFLICT,
        "%d would be left behind: %s%s."
            .formatted(obstacles.size(), named, more > 0 ? " and %d more".formatted(more) : ""),
        hint);
  }

  static RefusedRequestException of(RotationOutcome.OutOfTurn outOfTurn, String hint) {
    return RefusedRequestException.of(HttpStatus.CONFLICT, outOfTurn.explanation(), hint);
  }
}
