package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConstraintTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final TestTrustDomain partner = TestTrustDomain.of("partner.example", NOW);
  private final PeerVerifier verifier = new PeerVerifier();

  @Test
  void authorityForWorkloadsCannotMakeAMachine() {
    TestAuthority workloads = authority("workloads");
    TestSvid machine =
        workloads.issue(
            domain.id("/machine/m-1"), r -> r.attributes(domain.attributes("/machine/m-1")));

    assertThat(own(workloads, AuthorityConstraint.ofKinds(EntityKind.WORKLOAD), machine))
        .isEqualTo(Reason.AUTHORITY_CONSTRAINT);
    assertThat(own(workloads, AuthorityConstraint.ofKinds(EntityKind.MACHINE), machine)).isNull();
  }

  @Test
  void pathPrefixHoldsByWholeSegments() {
    TestAuthority pay = authority("pay");

    assertThat(own(pay, paths("/ns/pay"), workload(pay, "/ns/pay/db"))).isNull();
    assertThat(own(pay, paths("/ns/pay"), workload(pay, "/ns/pay"))).isNull();
    assertThat(own(pay, paths("/ns/pay"), workload(pay, "/ns/payroll")))
        .isEqualTo(Reason.AUTHORITY_CONSTRAINT);
    assertThat(own(pay, paths(""), workload(pay, "/ns/payroll"))).isNull();
  }

  @Test
  void emptyBoundaryMustBeListedLikeAnyOther() {
    TestAuthority dc1 = authority("dc1");

    assertThat(own(dc1, boundaries("dc1"), inBoundary(dc1, "dc1"))).isNull();
    assertThat(own(dc1, boundaries("dc1"), inBoundary(dc1, "dc2")))
        .isEqualTo(Reason.AUTHORITY_CONSTRAINT);
    assertThat(own(dc1, boundaries("dc1"), inBoundary(dc1, "")))
        .isEqualTo(Reason.AUTHORITY_CONSTRAINT);
    assertThat(own(dc1, boundaries("dc1", ""), inBoundary(dc1, ""))).isNull();
  }

  @Test
  void foreignWorkloadIsAcceptedWithoutItsBoundaryAndMachine() throws Exception {
    VerificationContext context =
        Trust.federated(domain, Trust.domain(partner), AuthorityConstraint.none());

    PeerFacts facts =
        verifier
            .verify(
                context,
                partner.credential(partner.master("/a"), new byte[32]),
                PeerRole.CLIENT,
                NOW)
            .facts();

    assertThat(facts.spiffeId().toString()).isEqualTo("spiffe://partner.example/a");
    assertThat(facts.boundary()).isEmpty();
    assertThat(facts.machine()).isEmpty();
  }

  @Test
  void foreignDomainVouchesForWorkloadsOnlyUnlessThePolicySaysMore() {
    TestSvid machine = partner.master("/machine/m-1");
    TestSvid human = partner.master("/human/ann");

    assertThat(foreign(AuthorityConstraint.none(), machine))
        .isEqualTo(Reason.FOREIGN_DOMAIN_POLICY);
    assertThat(foreign(AuthorityConstraint.none(), human)).isEqualTo(Reason.FOREIGN_DOMAIN_POLICY);
    assertThat(foreign(AuthorityConstraint.ofKinds(EntityKind.MACHINE), machine)).isNull();
  }

  @Test
  void ourPolicyNarrowsAForeignDomainsPaths() {
    assertThat(foreign(paths("/ns/pay"), partner.master("/ns/pay/db"))).isNull();
    assertThat(foreign(paths("/ns/pay"), partner.master("/ns/other")))
        .isEqualTo(Reason.FOREIGN_DOMAIN_POLICY);
  }

  @Test
  void whatAForeignDocumentSaysCanOnlyNarrow() {
    SignedDocument machinesOnly =
        partner.trustDocument(document ->
            document
                .getAuthoritiesBuilderList()
                .forEach(a -> a.getConstraintBuilder().addKindsValue(1)));
    VerificationContext context =
        Trust.federated(
            domain, Trust.domain(partner, machinesOnly, null), AuthorityConstraint.none());

    assertThat(rejection(context, partner, partner.master("/a")))
        .isEqualTo(Reason.AUTHORITY_CONSTRAINT);
    assertThat(rejection(context, partner, partner.master("/machine/m")))
        .isEqualTo(Reason.FOREIGN_DOMAIN_POLICY);
  }

  @Test
  void foreignBoundaryConstraintsAreNotApplied() {
    SignedDocument bounded =
        partner.trustDocument(document ->
            document
                .getAuthoritiesBuilderList()
                .forEach(a -> a.getConstraintBuilder().addBoundaries("elsewhere")));
    VerificationContext context =
        Trust.federated(domain, Trust.domain(partner, bounded, null), AuthorityConstraint.none());

    assertThat(rejection(context, partner, partner.master("/a"))).isNull();
  }

  @Test
  void domainThatThePolicyDoesNotNameIsNotAccepted() {
    VerificationContext context =
        VerificationContext.of(
            new dev.alts.identity.TrustDomain("example.org"),
            List.of(Trust.domain(domain), Trust.domain(partner)),
            ForeignDomainPolicy.none(),
            StaleRevocation.KEEP_SERVING);

    assertThat(rejection(context, partner, partner.master("/a")))
        .isEqualTo(Reason.UNKNOWN_TRUST_DOMAIN);
  }

  @Test
  void newConstraintReachesPeersThatWereAcceptedBefore() throws Exception {
    PeerFacts facts =
        verifier
            .verify(
                Trust.own(domain),
                domain.credential(domain.master("/a"), new byte[32]),
                PeerRole.CLIENT,
                NOW)
            .facts();
    VerificationContext narrowed =
        VerificationContext.ofOwn(
            Trust.domain(
                domain,
                domain.trustDocument(d ->
                    d.getAuthoritiesBuilderList()
                        .forEach(a -> a.getConstraintBuilder().addPathPrefixes("/b"))),
                null));

    PeerRejectedException rejected =
        catchThrowableOfType(
            PeerRejectedException.class,
            () -> verifier.recheck(narrowed, facts, PeerRole.CLIENT, NOW));

    assertThat(rejected.reason()).isEqualTo(Reason.AUTHORITY_CONSTRAINT);
  }

  private static AuthorityConstraint paths(String... prefixes) {
    return new AuthorityConstraint(Set.of(), List.of(prefixes), List.of());
  }

  private static AuthorityConstraint boundaries(String... boundaries) {
    return new AuthorityConstraint(Set.of(), List.of(), List.of(boundaries));
  }

  private static TestAuthority authority(String name) {
    return TestAuthority.selfSigned(name, "example.org", NOW, request -> request.ca(0));
  }

  private TestSvid workload(TestAuthority authority, String path) {
    return authority.issue(domain.id(path), r -> r.attributes(domain.attributes(path)));
  }

  private TestSvid inBoundary(TestAuthority authority, String boundary) {
    return authority.issue(
        domain.id("/a"), r -> r.attributes(domain.attributes("/a").withBoundary(boundary)));
  }

  private Reason own(TestAuthority authority, AuthorityConstraint constraint, TestSvid master) {
    SignedDocument document =
        domain.trustDocument(d ->
            d.addAuthorities(TestTrustDomain.member(authority).setConstraint(constraint.toWire())));
    return rejection(
        VerificationContext.ofOwn(Trust.domain(domain, document, null)), domain, master);
  }

  private Reason foreign(AuthorityConstraint policy, TestSvid master) {
    return rejection(Trust.federated(domain, Trust.domain(partner), policy), partner, master);
  }

  private Reason rejection(VerificationContext context, TestTrustDomain signer, TestSvid master) {
    PeerRejectedException rejected =
        catchThrowableOfType(
            PeerRejectedException.class,
            () ->
                verifier.verify(
                    context, signer.credential(master, new byte[32]), PeerRole.CLIENT, NOW));
    return rejected == null ? null : rejected.reason();
  }
}
