package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.issuance.CertificateQuery.IssuedTo;
import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LedgerSearchTest {
  private static final CertificateQuery ALL =
      new CertificateQuery(
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          false,
          false,
          RevokedThings.NONE,
          1000,
          "");
  private static CaCore ca;

  @BeforeAll
  static void issueSome() {
    ca = CaCore.start();
    for (String path : List.of("/prod/web", "/prod/db", "/prod_/web", "/test/web", "/prod/web")) {
      ca.issueWorkload(path);
    }
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void identityIsFoundAsAWholeAndByPrefix() {
    assertThat(paths(identity("spiffe://test.alts/prod/web"))).containsOnly("/prod/web").hasSize(2);
    assertThat(paths(identity("spiffe://test.alts/prod/*")))
        .containsExactlyInAnyOrder("/prod/web", "/prod/web", "/prod/db");
  }

  @Test
  @Tag("abuse-7")
  void noCharacterOfANameIsAWildcard() {
    assertThat(paths(identity("spiffe://test.alts/prod_/*"))).containsExactly("/prod_/web");
    assertThat(paths(identity("spiffe://test.alts/%/*"))).isEmpty();
    assertThat(ca.bean(IssuedCertificates.class).inventory("spiffe://test.alts/prod_", "", 10))
        .extracting(IdentityInventory::spiffeId)
        .containsExactly("spiffe://test.alts/prod_/web");
    assertThat(search(with(query -> rule(query, "w_b")))).isEmpty();
    assertThat(search(with(query -> rule(query, "web")))).hasSize(5);
  }

  @Test
  void pagesGoOnBehindTheLastOneInEitherOrder() {
    for (Instant expiresBefore : new Instant[] {null, Instant.parse("2100-01-01T00:00:00Z")}) {
      List<String> found = new ArrayList<>();
      String after = "";
      do {
        IssuedCertificates.Page page =
            ca.bean(IssuedCertificates.class).search(page(expiresBefore, 2, after));
        page.items().forEach(item -> found.add(item.serial()));
        after = page.next();
      } while (!after.isEmpty());
      List<String> atOnce =
          ca.bean(IssuedCertificates.class).search(page(expiresBefore, 1000, "")).items().stream()
              .map(RecordedCertificate::serial)
              .toList();

      assertThat(found).containsExactlyElementsOf(atOnce).doesNotHaveDuplicates();
      assertThat(found).hasSizeGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void cursorThatNoPageGaveIsRefused() {
    assertThatThrownBy(() -> ca.bean(IssuedCertificates.class).search(page(null, 2, "' or true")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void certificateIsFoundBySerialMachineAndTime() {
    RecordedCertificate one = search(identity("spiffe://test.alts/test/web")).getFirst();

    assertThat(ca.bean(IssuedCertificates.class).find(one.serial())).contains(one);
    assertThat(search(with(query -> times(query, one.issuedAt(), null)))).contains(one);
    assertThat(search(with(query -> times(query, null, one.issuedAt())))).doesNotContain(one);
    assertThat(one.machine()).isEqualTo("host-1");
  }

  @Test
  void revokedOnesAreToldApartHoweverTheyWereRevoked() {
    RecordedCertificate one = search(identity("spiffe://test.alts/prod/db")).getFirst();
    Instant later = one.issuedAt().plusSeconds(60);
    Bytes authority =
        Bytes.copyOf(
            ca.jdbc()
                .queryForObject(
                    """
                    select sha256(spki) from signing_key join issuing_authority using (key_id)
                    where kind = 'WORKLOAD'
                    """,
                    byte[].class));
    String db = one.subject().toString();

    assertThat(
            revoked(
                true,
                new RevokedThings(
                    List.of(one.revocationId().value()), List.of(), List.of(), List.of())))
        .containsExactly("/prod/db");
    assertThat(revoked(true, subject(db, later))).containsExactly("/prod/db");
    assertThat(revoked(true, subject(db, one.issuedAt()))).isEmpty();
    assertThat(revoked(false, subject(db, later))).hasSize(4).doesNotContain("/prod/db");
    assertThat(
            revoked(
                true,
                new RevokedThings(
                    List.of(), List.of(), List.of(new IssuedTo("host-1", later)), List.of())))
        .hasSize(5);
    assertThat(
            revoked(true, new RevokedThings(List.of(), List.of(), List.of(), List.of(authority))))
        .hasSize(5);
  }

  @Test
  void onlyThePresentOneOfAnIdentityCanBeUnrenewed() {
    assertThat(search(neverRenewed())).isEmpty();

    ca.jdbc()
        .update(
            """
            update certificate set issued_at = issued_at - interval '50 minutes',
              not_after = not_after - interval '50 minutes' where spiffe_id like '%/prod/%'
            """);
    try {
      assertThat(paths(neverRenewed())).contains("/prod/db", "/prod/web");
      ca.issueWorkload("/prod/db");
      assertThat(paths(neverRenewed())).contains("/prod/web").doesNotContain("/prod/db");
      assertThat(ca.bean(IssuedCertificates.class).inventory("spiffe://test.alts/prod/", "", 10))
          .anySatisfy(web -> {
            assertThat(web.spiffeId()).endsWith("/prod/web");
            assertThat(web.neverRenewed()).isOne();
            assertThat(web.certificates()).isEqualTo(2);
          })
          .anySatisfy(db -> {
            assertThat(db.spiffeId()).endsWith("/prod/db");
            assertThat(db.neverRenewed()).isZero();
          });
    } finally {
      ca.jdbc()
          .update(
              "delete from certificate where recorded_at = (select max(recorded_at) from certificate)");
      ca.jdbc()
          .update(
              """
              update certificate set issued_at = issued_at + interval '50 minutes',
                not_after = not_after + interval '50 minutes' where spiffe_id like '%/prod/%'
              """);
    }
  }

  private static List<String> revoked(boolean wanted, RevokedThings things) {
    return paths(
            new CertificateQuery(
                "spiffe://test.alts/*",
                "host-1",
                null,
                null,
                null,
                null,
                null,
                wanted,
                false,
                false,
                things,
                1000,
                ""))
        .stream()
        .toList();
  }

  private static RevokedThings subject(String id, Instant before) {
    return new RevokedThings(List.of(), List.of(new IssuedTo(id, before)), List.of(), List.of());
  }

  private static CertificateQuery with(UnaryOperator<CertificateQuery> change) {
    return change.apply(ALL);
  }

  private static CertificateQuery identity(String identity) {
    return new CertificateQuery(
        identity,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        false,
        false,
        RevokedThings.NONE,
        1000,
        "");
  }

  private static CertificateQuery neverRenewed() {
    return new CertificateQuery(
        "spiffe://test.alts/prod/*",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        true,
        false,
        RevokedThings.NONE,
        1000,
        "");
  }

  private static CertificateQuery rule(CertificateQuery query, String rule) {
    return new CertificateQuery(
        null, null, null, rule, null, null, null, null, false, false, query.inForce(), 1000, "");
  }

  private static CertificateQuery times(
      CertificateQuery query, @Nullable Instant from, @Nullable Instant before) {
    return new CertificateQuery(
        null, null, null, null, from, before, null, null, false, false, query.inForce(), 1000, "");
  }

  private static CertificateQuery page(@Nullable Instant expiresBefore, int limit, String after) {
    return new CertificateQuery(
        null,
        null,
        null,
        null,
        null,
        null,
        expiresBefore,
        null,
        false,
        false,
        RevokedThings.NONE,
        limit,
        after);
  }

  private static List<RecordedCertificate> search(CertificateQuery query) {
    return ca.bean(IssuedCertificates.class).search(query).items();
  }

  private static List<String> paths(CertificateQuery query) {
    return search(query).stream().map(found -> found.subject().path()).toList();
  }
}
