package dev.alts.ca.admin;

import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.issuance.CertificateQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Query parameters of a search in the ledger; what is absent or empty asks nothing.
 *
 * @param identity complete SPIFFE ID, or a prefix that ends in {@code /*}
 * @param expired whether those that have expired count as well
 */
record SvidSearch(
    @Nullable String identity,
    @Nullable String machine,
    @Nullable String serial,
    @Nullable String rule,
    @Nullable String issuedFrom,
    @Nullable String issuedBefore,
    @Nullable String expiresBefore,
    @Nullable String revoked,
    @Nullable String neverRenewed,
    @Nullable String expired) {

  static SvidSearch bySerial(String serial) {
    return new SvidSearch(null, null, serial, null, null, null, null, null, null, "true");
  }

  CertificateQuery query(PageRequest page, CertificateQuery.RevokedThings inForce) {
    try {
      if (!page.after().isEmpty() && !page.after().matches("[0-9]{1,12}-[0-9a-f]{1,40}")) {
        throw new IllegalArgumentException("after: expected the value of \"next\"");
      }
      return new CertificateQuery(
          given(identity),
          given(machine),
          given(serial),
          given(rule),
          time("issuedFrom", issuedFrom),
          time("issuedBefore", issuedBefore),
          time("expiresBefore", expiresBefore),
          flag("revoked", revoked),
          Objects.requireNonNullElse(flag("neverRenewed", neverRenewed), false),
          Objects.requireNonNullElse(flag("expired", expired), false),
          inForce,
          page.limit(),
          page.after());
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    if (given(text) == null) {
      return null;
    }
    try {
      return Instant.parse(Objects.requireNonNull(text));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          name + ": expected a time such as 2026-11-24T12:00:00Z", e);
    }
  }

  private static @Nullable Boolean flag(String name, @Nullable String text) {
    return switch (given(text)) {
      case null -> null;
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(name + ": expected true or false");
    };
  }
}
