package dev.alts.agent.credentials;

import dev.alts.api.machine.v1.GrantChange;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CA's answers by question: each question is asked once, however many processes have it, and
 * the answer, a refusal too, serves all of them.
 *
 * <p>A refusal holds for the version of the rules that it was made under; a grant until the CA
 * takes it back or wants to be asked again, since it re-evaluates grants itself when rules change.
 * A grant that nobody uses any more is dropped instead of renewed. Failures are not kept.
 *
 * <p>Thread-safe.
 */
public final class CredentialCache {
  private static final Logger logger = LoggerFactory.getLogger(CredentialCache.class);
  private static final Duration TRANSIENT_REFUSAL_LIFE = Duration.ofSeconds(30);
  private static final Duration UNUSED_LIFE = Duration.ofMinutes(5);

  private final CertificateIssuer issuer;
  private final HandshakeCredentialMaker maker;
  private final InstantSource clock;
  private final SecureRandom random;
  private final int maxEntries;
  private final Map<Question, Entry> entries = new ConcurrentHashMap<>();
  private final EarlyChanges early = new EarlyChanges();

  /** What a process gets. */
  public sealed interface Answer {
    record Serve(LiveCredential credential) implements Answer {}

    record ServeMachineIdentity(Issuance.Terms terms) implements Answer {}

    record Refuse(String explanation) implements Answer {}
  }

  private static final class Entry {
    private final long ruleVersion;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile Instant lastAsked;
    private volatile Instant goodUntil = Instant.MAX;

    Entry(long ruleVersion, Instant now) {
      this.ruleVersion = ruleVersion;
      this.lastAsked = now;
    }

    @Nullable Answer settled() {
      return answer.isDone() && !answer.isCompletedExceptionally() ? answer.join() : null;
    }

    @Nullable LiveCredential credential() {
      return settled() instanceof Answer.Serve serve ? serve.credential() : null;
    }

    boolean isUnusedSince(Instant then) {
      LiveCredential credential = credential();
      return answer.isDone()
          && lastAsked.isBefore(then)
          && (credential == null || !credential.isWatched());
    }
  }

  public CredentialCache(
      CertificateIssuer issuer,
      HandshakeCredentialMaker maker,
      InstantSource clock,
      SecureRandom random,
      int maxEntries) {
    this.issuer = issuer;
    this.maker = maker;
    this.clock = clock;
    this.random = random;
    this.maxEntries = maxEntries;
  }

  /**
   * {@return the answer to {@code question} under the rules of {@code ruleVersion}; fails if the CA
   * could not be asked}
   */
  public CompletableFuture<Answer> ask(Question question, long ruleVersion) {
    Instant now = clock.instant();
    boolean[] mine = {false};
    Entry entry =
        entries.compute(
            question,
            (same, existing) -> {
              if (existing != null && isGood(existing, ruleVersion, now)) {
                existing.lastAsked = now;
                return existing;
              }
              mine[0] = true;
              return new Entry(ruleVersion, now);
            });
    if (mine[0]) {
      makeRoom(now);
      settle(question, entry);
    }
    return entry.answer;
  }

  private static boolean isGood(Entry entry, long ruleVersion, Instant now) {
    return switch (entry.settled()) {
      case null -> !entry.answer.isDone();
      case Answer.Serve serve ->
          serve.credential().state() instanceof LiveCredential.Serving serving
              && !serving.certificate().schedule().isExpired(now);
      case Answer.ServeMachineIdentity _, Answer.Refuse _ ->
          entry.ruleVersion == ruleVersion && now.isBefore(entry.goodUntil);
    };
  }

  private void settle(Question question, Entry entry) {
    Renewal renewal = new QuestionRenewal(question, issuer, random);
    var _ =
        renewal
            .ask()
            .whenComplete((issuance, failure) -> {
              if (failure != null) {
                entries.remove(question, entry);
                entry.answer.completeExceptionally(failure);
                return;
              }
              try {
                entry.answer.complete(answer(question, entry, issuance, renewal));
              } catch (RuntimeException e) {
                entries.remove(question, entry);
                entry.answer.completeExceptionally(e);
              }
            });
  }

  private Answer answer(Question question, Entry entry, Issuance issuance, Renewal renewal) {
    return switch (issuance) {
      case Issuance.Granted granted -> {
        logger.info("issued: {} ({})", granted.certificate(), question.use());
        HandshakeCredentialMaker own = question.use() == Question.Use.MASTER ? maker : null;
        LiveCredential credential = new LiveCredential(granted, renewal, own, clock, random);
        credential.onEnd(() -> entries.remove(question, entry));
        yield new Answer.Serve(credential);
      }
      case Issuance.MachineIdentity only -> new Answer.ServeMachineIdentity(only.terms());
      case Issuance.Refused refused -> {
        if (!refused.lasting()) {
          entry.goodUntil = clock.instant().plus(TRANSIENT_REFUSAL_LIFE);
        }
        yield new Answer.Refuse(refused.explanation());
      }
    };
  }

  /** Takes over what the CA said about grants; empty fields of a change match everything. */
  public void apply(List<GrantChange> changes, Duration spread) {
    for (GrantChange change : changes) {
      if (!apply(change, spread)) {
        early.add(change, spread, clock.instant());
      }
    }
  }

  private boolean apply(GrantChange change, Duration spread) {
    List<LiveCredential> concerned = credentials(matching(change));
    for (LiveCredential credential : concerned) {
      switch (change.getAction()) {
        case WITHDRAW -> credential.end(change.getReason());
        case ASK_AGAIN -> credential.askAgain(spread);
        case ACTION_UNSPECIFIED, UNRECOGNIZED ->
            logger.warn("the CA wants something done with a grant that is not known here");
      }
    }
    return !concerned.isEmpty();
  }

  /** {@return which certificates {@code change} is about} */
  public static Predicate<HeldCertificate> matching(GrantChange change) {
    return certificate ->
        (change.getSpiffeId().isEmpty() || change.getSpiffeId().equals(certificate.id().toString()))
            && (change.getRevocationId() == 0
                || change.getRevocationId() == certificate.attributes().revocationId().value());
  }

  /** {@return the live credentials whose certificates {@code wanted} accepts} */
  public List<LiveCredential> credentials(Predicate<HeldCertificate> wanted) {
    return entries.values().stream()
        .map(Entry::credential)
        .filter(credential ->
            credential != null
                && credential.state() instanceof LiveCredential.Serving serving
                && wanted.test(serving.certificate()))
        .toList();
  }

  /** {@return when the first of what is held for processes expires; empty: nothing is held} */
  public Optional<Instant> firstEnd() {
    return credentials(certificate -> true).stream()
        .map(LiveCredential::state)
        .filter(LiveCredential.Serving.class::isInstance)
        .map(serving -> ((LiveCredential.Serving) serving).certificate().notAfter())
        .min(Comparator.naturalOrder());
  }

  /** Ends everything: the CA turned this machine away. */
  public void endAll(String reason) {
    credentials(certificate -> true).forEach(credential -> credential.end(reason));
    entries.clear();
  }

  /** Renews what is due, forgets what nobody uses. */
  public void tick() {
    Instant now = clock.instant();
    early.retry(now, this::apply);
    Instant unusedSince = now.minus(UNUSED_LIFE);
    entries.values().removeIf(entry -> entry.isUnusedSince(unusedSince));
    for (Entry entry : entries.values()) {
      LiveCredential credential = entry.credential();
      if (credential != null) {
        credential.tick();
      }
    }
  }

  int size() {
    return entries.size();
  }

  /** A process can make up questions without end, by copies of its executable for example. */
  private void makeRoom(Instant now) {
    int surplus = entries.size() - maxEntries;
    if (surplus <= 0) {
      return;
    }
    entries.entrySet().stream()
        .filter(each -> each.getValue().isUnusedSince(now))
        .sorted(Comparator.comparing(each -> each.getValue().lastAsked))
        .limit(surplus)
        .forEach(each -> entries.remove(each.getKey(), each.getValue()));
  }
}
