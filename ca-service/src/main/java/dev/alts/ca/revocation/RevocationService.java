package dev.alts.ca.revocation;

import dev.alts.api.machine.v1.Eviction;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.database.GatheredLookups;
import dev.alts.ca.grants.GrantChange;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.resumption.ResumptionKeys.Holder;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes things back (handshake.md section 7). Thread-safe.
 *
 * <p>Revoking ends what exists; banning also stops new issue. Entry, list, resumption keys and ban
 * change in one transaction, so no reader sees one without the others.
 */
@Service
public class RevocationService {
  private final RevocationStore store;
  private final RevocationLists lists;
  private final TransactionTemplate transactions;
  private final Holdings holdings;
  private final AuditLog audit;
  private final RevocationTimes times;
  private final GatheredLookups<SpiffeId, String> bans;

  RevocationService(
      RevocationStore store,
      RevocationLists lists,
      TransactionTemplate transactions,
      Holdings holdings,
      AuditLog audit,
      RevocationTimes times) {
    this.store = store;
    this.lists = lists;
    this.transactions = transactions;
    this.holdings = holdings;
    this.audit = audit;
    this.times = times;
    this.bans = new GatheredLookups<>(store::banReasons);
  }

  /** Everything that a revocation reaches beyond the list. */
  public record Holdings(
      RevocationReach reach,
      Grants grants,
      ResumptionKeys resumption,
      MachineRegistry machines,
      WatchLog watch) {}

  /**
   * Revokes, and bans if asked to.
   *
   * <p>Returns at most a second later than the list is pushed: T is rounded up to whole seconds,
   * and what agents were issued before T has passed would be void again at once.
   */
  public RevocationReceipt revoke(RevocationRequest request) {
    return revokeIf(() -> true, request)
        .orElseThrow(() -> new AssertionError("there was no condition"));
  }

  /**
   * Revokes if {@code due} holds, which is asked in the same transaction and may write in it.
   *
   * @return empty if it did not hold
   */
  public Optional<RevocationReceipt> revokeIf(BooleanSupplier due, RevocationRequest request) {
    Optional<RevocationReceipt> receipt =
        transactions.execute(
            status -> due.getAsBoolean() ? Optional.of(takeBack(request)) : Optional.empty());
    receipt.ifPresent(done -> {
      awaitPassed(done.since());
      transactions.executeWithoutResult(status -> tellHolders(request));
    });
    return receipt;
  }

  private RevocationReceipt takeBack(RevocationRequest request) {
    // 1. The act is on record before it has any effect.
    audit.append(
        new AuditEvent.CertificateRevoked(
            request.target().describe(),
            request.code().text(),
            request.reason(),
            request.author()));
    // 2. T, by the clock that issued-at comes from.
    Instant since = roundedUp(store.now());
    // 3. No new issue, where asked for; and what machines themselves hold is worth nothing.
    if (request.ban()) {
      ban(request);
    }
    expel(request);
    // 4. The entry itself.
    store.add(
        RevocationEntries.of(request.target(), since, times),
        request.code(),
        request.author(),
        request.reason());
    holdings.reach().mark(request.target(), since, request.code(), store.now());
    // 5. New resumption keys, and all older sessions void, for every identity that was handed
    // there.
    List<Holder> holders = holdings.reach().holders(request.target());
    for (Holder holder : holders) {
      holdings.resumption().replace(holder, since, keyLoser(request));
      store.add(
          RevocationEntries.voided(holder.identity(), since, times),
          request.code(),
          request.author(),
          request.reason());
    }
    // 6. The list that says all of this.
    return new RevocationReceipt(
        lists.sign(), since, holders.size(), holdings.reach().grants(request.target()).size());
  }

  private static Instant roundedUp(Instant time) {
    return Instant.ofEpochSecond(
        time.getNano() == 0 ? time.getEpochSecond() : time.getEpochSecond() + 1);
  }

  private void ban(RevocationRequest request) {
    switch (request.target()) {
      case RevocationTarget.Subject subject -> store.ban(subject.id(), request.reason());
      case RevocationTarget.Machine machine -> {
        if (!holdings.machines().ban(machine.name(), request.reason())) {
          throw new IllegalArgumentException(
              "machine: \"%s\" (expected: one that has attested)".formatted(machine.name()));
        }
      }
      case RevocationTarget.Certificate _,
          RevocationTarget.Authority _,
          RevocationTarget.Resumption _ ->
          throw new IllegalArgumentException("ban: only a subject or a machine");
    }
  }

  /** A machine that lost its own certificates has to attest again, if it may. */
  private void expel(RevocationRequest request) {
    Optional<MachineName> machine =
        switch (request.target()) {
          case RevocationTarget.Machine revoked -> Optional.of(revoked.name());
          case RevocationTarget.Subject subject -> MachineName.ofSpiffeId(subject.id());
          case RevocationTarget.Certificate certificate ->
              holdings.machines().forget(certificate.id());
          case RevocationTarget.Authority _, RevocationTarget.Resumption _ -> Optional.empty();
        };
    machine
        .filter(holdings.machines()::expel)
        .ifPresent(expelled ->
            holdings
                .watch()
                .publish(
                    WatchTopic.EVICTION,
                    expelled.text(),
                    WatchResponse.newBuilder()
                        .setEviction(
                            Eviction.newBuilder()
                                .setReason(request.reason())
                                .setMayAttestAgain(!request.ban()))
                        .build()));
  }

  /** Who is turned away is not given the new keys over a stream that is still open. */
  private static Optional<MachineName> keyLoser(RevocationRequest request) {
    return request.target() instanceof RevocationTarget.Machine machine
        ? Optional.of(machine.name())
        : Optional.empty();
  }

  private void awaitPassed(Instant since) {
    Duration left = Duration.between(store.now(), since);
    try {
      Thread.sleep(left.isNegative() ? Duration.ZERO : left);
    } catch (InterruptedException e) {
      // The list is out; agents whose certificate it names ask again by themselves.
      Thread.currentThread().interrupt();
    }
  }

  private void tellHolders(RevocationRequest request) {
    GrantChange.Action action =
        request.ban() ? GrantChange.Action.WITHDRAW : GrantChange.Action.ASK_AGAIN;
    TreeMap<String, List<LiveGrant>> byMachine = new TreeMap<>();
    holdings
        .reach()
        .grants(request.target())
        .forEach(grant ->
            byMachine
                .computeIfAbsent(grant.machine().text(), name -> new ArrayList<>())
                .add(grant));
    byMachine.forEach((machine, grants) ->
        holdings
            .grants()
            .push(
                new MachineName(machine),
                grants.stream()
                    .map(grant ->
                        new GrantChange(
                            action, grant.spiffeId(), grant.revocationId(), request.reason()))
                    .toList()));
  }

  /** Lets an identity be issued again; what was revoked stays revoked. */
  public boolean unban(SpiffeId id, String author, String reason) {
    return transactions.execute(status -> {
      audit.append(new AuditEvent.AdminActed(author, "identity.unban", id.toString(), reason));
      return store.unban(id);
    });
  }

  /** {@return entries in force, the newest first, behind {@code after}} */
  public List<RecordedRevocation> inForce(Optional<RecordedRevocation.Position> after, int limit) {
    return store.page(after, limit);
  }

  /** {@return the entry of this ID, if it is in force} */
  public Optional<RecordedRevocation> find(UUID id) {
    return store.find(id);
  }

  /** {@return identities that are not issued, by name} */
  public List<BannedIdentity> bans() {
    return store.bans();
  }

  /** {@return why {@code id} must not be issued now, or empty if it may} */
  public Optional<String> banReason(SpiffeId id) {
    return bans.find(id);
  }

  /** {@return which of these identities must not be issued now, and why; perhaps others too} */
  public Map<SpiffeId, String> bans(Set<SpiffeId> ids) {
    return bans.findAll(ids);
  }
}
