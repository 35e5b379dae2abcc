package dev.alts.benchmarks.ca;

import com.google.protobuf.ByteString;
import dev.alts.api.fact.v1.Fact;
import dev.alts.api.fact.v1.Provenance;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** What machines ask for: certificates for new processes, each with a fresh key. */
final class Requests {
  /** A machine has this many different processes; after that they start anew. */
  private static final int PROCESSES = 10;

  private final PublicKeys keys;
  private final CertificateUse use;
  private final AtomicLong counter = new AtomicLong();
  private final long run = System.nanoTime();

  Requests(PublicKeys keys, CertificateUse use) {
    this.keys = keys;
    this.use = use;
  }

  IssueRequest next(int items) {
    IssueRequest.Builder request = IssueRequest.newBuilder();
    for (int i = 0; i < items; i++) {
      request.addItems(item());
    }
    return request.build();
  }

  private IssueItem item() {
    long number = counter.getAndIncrement();
    ByteBuffer key = ByteBuffer.allocate(16).putLong(run).putLong(number).flip();
    return IssueItem.newBuilder()
        .setIdempotencyKey(ByteString.copyFrom(key))
        .setPublicKey(keys.take())
        .setUse(use)
        .addFacts(uid(Preparation.FIRST_UID + number % PROCESSES))
        .build();
  }

  /** {@return what the CA remembers of a request for a process of this user} */
  static IssueItem question(long uid) {
    return IssueItem.newBuilder().addFacts(uid(uid)).build();
  }

  private static Fact uid(long uid) {
    return Fact.newBuilder()
        .setName("workload.unix.uid")
        .setIntValue(uid)
        .setProvenance(Provenance.STATED_BY_AGENT)
        .setAttestor("unix")
        .build();
  }
}
