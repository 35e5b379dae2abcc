package dev.alts.ca.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** Two replicas and machines that have attested. */
record Fleet(CaProcess one, CaProcess two, List<RawAgent> agents) implements AutoCloseable {
  private static final String LEASE = "alts.ca.replica.lease=5s";

  static Fleet start(List<String> database, int machines) throws Exception {
    List<RawAgent> agents = new ArrayList<>();
    Path first;
    Path second;
    // A third replica lays the foundation and leaves.
    try (MachineCa founder =
        MachineCa.start(Files.createTempDirectory("alts-founder-"), database)) {
      founder.apply(MachineCa.WEB);
      for (int i = 0; i < machines; i++) {
        agents.add(founder.attested("m-" + i));
      }
      first = founder.replicaHome();
      second = founder.replicaHome();
    }
    CaProcess one = CaProcess.start(first, database, LEASE);
    try {
      return new Fleet(one, CaProcess.start(second, database, LEASE), agents);
    } catch (AssertionError | Exception e) {
      one.close();
      throw e;
    }
  }

  BusyMachines machines(int batch) {
    List<IntSupplier> ports = List.of(one::port, two::port);
    return BusyMachines.start(agents, ports, batch);
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
