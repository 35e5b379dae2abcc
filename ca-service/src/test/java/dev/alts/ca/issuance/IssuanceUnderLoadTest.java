package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class IssuanceUnderLoadTest {
  private static final int THREADS = 32;
  private static final int EACH = 25;

  @Tag("abuse-14")
  @Test
  void manyThreadsAndTwoReplicasNeverShareASerialOrRevocationId() throws Exception {
    Bytes spki = CaCore.newSpki();
    Set<String> serials = new HashSet<>();
    Set<RevocationId> revocationIds = new HashSet<>();

    try (CaCore one = CaCore.start();
        CaCore two = secondReplicaOf(one);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<List<IssuedCertificate>>> tasks =
          Stream.iterate(0, i -> i + 1)
              .limit(THREADS)
              .map(
                  i -> (Callable<List<IssuedCertificate>>) () -> many(i % 2 == 0 ? one : two, spki))
              .toList();
      for (Future<List<IssuedCertificate>> future : executor.invokeAll(tasks)) {
        for (IssuedCertificate issued : future.get()) {
          serials.add(issued.serial());
          revocationIds.add(issued.attributes().revocationId());
        }
      }

      assertThat(serials).hasSize(THREADS * EACH);
      assertThat(revocationIds).hasSize(THREADS * EACH);
      assertThat(one.bean(AuditChains.class).findings()).isEmpty();
    }
  }

  private static CaCore secondReplicaOf(CaCore one) {
    // A data directory of its own; database and key-encryption key are shared.
    return CaCore.start(
        one.home(), one.database(), "alts.ca.data-directory=" + one.home().resolve("second"));
  }

  private static List<IssuedCertificate> many(CaCore ca, Bytes spki) {
    List<CertificateRequest> requests =
        Stream.generate(() -> CaCore.workload("/web", spki)).limit(EACH).toList();
    return ca.bean(IssuanceService.class).issue(requests).stream()
        .map(outcome -> ((IssuanceOutcome.Issued) outcome).certificate())
        .toList();
  }
}
