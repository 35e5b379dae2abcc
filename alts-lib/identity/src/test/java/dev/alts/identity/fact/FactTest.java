package dev.alts.identity.fact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FactTest {
  private static final Fact UID =
      new Fact("workload.unix.uid", new FactValue.Number(1000), Provenance.STATED_BY_AGENT, "unix");
  private static final Fact ENV =
      new Fact(
          "machine.labels.env",
          new FactValue.Text("prod"),
          Provenance.VERIFIED_BY_CA,
          "join-token");

  @Test
  void agentCannotStateWhatOnlyTheCaVerifies() {
    for (String name : List.of("machine.labels.env", "verified.k8s.ns")) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> new Fact(name, new FactValue.Text("x"), Provenance.STATED_BY_AGENT, "unix"));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Fact(
                "workload.unix.uid", new FactValue.Number(0), Provenance.VERIFIED_BY_CA, "unix"));
  }

  @Test
  @Tag("abuse-6")
  void namesHaveNoMetacharacters() {
    for (String name :
        List.of(
            "workload",
            "workload.",
            "other.x",
            "workload.a b",
            "workload.a,b",
            "workload.*",
            "workload.a\nb",
            "workload.\"x\"")) {
      assertThatIllegalArgumentException()
          .as(name)
          .isThrownBy(
              () -> new Fact(name, new FactValue.Flag(true), Provenance.STATED_BY_AGENT, "unix"));
    }
  }

  @Test
  void setsAreOrderedProjectedAndNeverHoldANameTwice() {
    FactSet both = FactSet.of(List.of(UID)).with(FactSet.of(List.of(ENV)));

    assertThat(both.names()).containsExactly("machine.labels.env", "workload.unix.uid");
    assertThat(both.value("workload.unix.uid")).contains(new FactValue.Number(1000));
    assertThat(both.only(name -> name.startsWith("machine.")).names())
        .containsExactly("machine.labels.env");
    assertThatIllegalArgumentException().isThrownBy(() -> FactSet.of(List.of(UID, UID)));
    assertThatIllegalArgumentException().isThrownBy(() -> both.with(FactSet.of(List.of(ENV))));
  }
}
