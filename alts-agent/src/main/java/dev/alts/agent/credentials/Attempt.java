package dev.alts.agent.credentials;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.api.fact.v1.Int64List;
import dev.alts.api.fact.v1.StringList;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.GrantedIdentity;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.x509.InvalidCertificateException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One question on its way to the CA: with its own new key and its idempotency key. Sent again after
 * a failure it gives the same certificate, so a lost answer costs nothing.
 */
final class Attempt {
  private static final int IDEMPOTENCY_KEY_BYTES = 16;

  private final KeyPair key;
  private final IssueItem item;
  private final SecureRandom random;

  private Attempt(KeyPair key, IssueItem item, SecureRandom random) {
    this.key = key;
    this.item = item;
    this.random = random;
  }

  static Attempt of(Question question, SecureRandom random) {
    KeyPair key = EcdsaP256.best().generateKeyPair(random);
    byte[] idempotencyKey = new byte[IDEMPOTENCY_KEY_BYTES];
    random.nextBytes(idempotencyKey);
    IssueItem.Builder item =
        IssueItem.newBuilder()
            .setIdempotencyKey(UnsafeByteOperations.unsafeWrap(idempotencyKey))
            .setPublicKey(ByteString.copyFrom(key.getPublic().getEncoded()))
            .setUse(use(question.use()))
            .setSpiffeId(question.wantedId());
    question.facts().forEach(fact -> item.addFacts(wire(fact)));
    return new Attempt(key, item.build(), random);
  }

  CompletableFuture<Issuance> send(CertificateIssuer issuer) {
    return issuer.issue(item).thenApply(this::read);
  }

  private Issuance read(IssueOutcome outcome) {
    return switch (outcome.getOutcomeCase()) {
      case GRANT -> read(outcome.getGrant());
      case REFUSAL -> read(outcome.getRefusal());
      case OUTCOME_NOT_SET -> throw new IllegalStateException("the CA sent an empty outcome");
    };
  }

  private Issuance read(Grant grant) {
    Issuance.Terms terms =
        new Issuance.Terms(
            grant.getIdentitiesList().stream().map(Attempt::read).toList(),
            grant.getRuleVersion(),
            grant.getMayUseMachineIdentity());
    if (!grant.hasCertificate()) {
      return grant.getMayUseMachineIdentity()
          ? new Issuance.MachineIdentity(terms)
          : new Issuance.Refused("the CA granted nothing that this agent knows", true);
    }
    try {
      return new Issuance.Granted(
          HeldCertificate.of(grant.getCertificate(), key.getPrivate(), random),
          terms,
          grant.getResumptionKeysList());
    } catch (InvalidCertificateException e) {
      throw new CompletionException("the CA issued a certificate that is not right", e);
    }
  }

  private static Issuance.Identity read(GrantedIdentity identity) {
    return new Issuance.Identity(
        identity.getSpiffeId(),
        identity.getRule(),
        identity.getHint(),
        identity.hasRecordPolicy() ? identity.getRecordPolicy() : null);
  }

  private static Issuance read(Refusal refusal) {
    boolean lasting =
        switch (refusal.getReason()) {
          case NO_RULE_MATCHES, IDENTITY_NOT_GRANTED, BANNED -> true;
          case QUOTA, BAD_PUBLIC_KEY, BAD_REQUEST, REASON_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    return new Issuance.Refused(refusal.getExplanation(), lasting);
  }

  private static CertificateUse use(Question.Use use) {
    return switch (use) {
      case MASTER -> CertificateUse.MASTER;
      case HANDED_OUT -> CertificateUse.HANDED_OUT;
    };
  }

  private static dev.alts.api.fact.v1.Fact wire(Fact fact) {
    dev.alts.api.fact.v1.Fact.Builder wire =
        dev.alts.api.fact.v1.Fact.newBuilder()
            .setName(fact.name())
            .setProvenance(dev.alts.api.fact.v1.Provenance.STATED_BY_AGENT)
            .setAttestor(fact.attestor());
    switch (fact.value()) {
      case FactValue.Text text -> wire.setStringValue(text.value());
      case FactValue.Number number -> wire.setIntValue(number.value());
      case FactValue.Flag flag -> wire.setBoolValue(flag.value());
      case FactValue.TextList list ->
          wire.setStringList(StringList.newBuilder().addAllValues(list.values()));
      case FactValue.NumberList list ->
          wire.setIntList(Int64List.newBuilder().addAllValues(list.values()));
    }
    return wire.build();
  }
}
