package dev.alts.demo.scene;

import java.util.List;

/** The scenes of {@code ./alts demo} after the opening, in their order. */
public final class Scenes {
  private Scenes() {}

  public static List<Scene> inOrder() {
    return List.of(
        new FirstCall(),
        new ResumedOnReplica(),
        new CallDenied(),
        new Explained(),
        new DryRun(),
        new ImpostorRefused(),
        new RotationUnderLoad(),
        new MachineCall(),
        new HumanCall(),
        new ProtectedByAJar(),
        new StrangerRefused(),
        new RevokedAndBack(),
        new AcrossBoundaries());
  }
}
