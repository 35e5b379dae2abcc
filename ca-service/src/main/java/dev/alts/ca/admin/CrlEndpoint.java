package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.crl.CrlHttp;
import dev.alts.ca.crl.CrlStatus;
import dev.alts.ca.crl.Crls;
import dev.alts.ca.crl.PublishedCrl;
import dev.alts.identity.Bytes;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Lists of RFC 5280: for everybody one authority's, for admins how all of them stand. */
@RestController
class CrlEndpoint {
  private final Crls crls;

  CrlEndpoint(Crls crls) {
    this.crls = crls;
  }

  @GetMapping("/v1/crls")
  ItemList<State> list() {
    return new ItemList<>(crls.statuses().stream().map(State::of).toList(), null);
  }

  /**
   * @param authority SHA-256 of the authority's SubjectPublicKeyInfo, 64 hexadecimal digits
   */
  @GetMapping("/v1/crls/{authority}")
  ResponseEntity<Resource> read(@PathVariable String authority) {
    if (!authority.matches("[0-9a-f]{64}")) {
      throw RefusedRequestException.badRequest("authority: expected 64 lower-case hex digits");
    }
    PublishedCrl list =
        crls.find(Bytes.fromHex(authority))
            .orElseThrow(() ->
                RefusedRequestException.of(
                    HttpStatus.NOT_FOUND,
                    "There is no list of such an authority.",
                    "altsctl authority list"));
    // Spring answers 304 by itself to whoever names this tag or time.
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType(CrlHttp.CONTENT_TYPE))
        .cacheControl(CacheControl.maxAge(CrlHttp.MAX_AGE).cachePublic())
        .eTag(CrlHttp.entityTag(list))
        .lastModified(list.thisUpdate())
        .body(new BytesResource(list.der()));
  }

  /**
   * @param authority SHA-256 of its public key
   * @param kind for whom it signs
   * @param signable whether its certificate says that it signs lists
   * @param revoked how many certificates are revoked now
   * @param tooLong whether these are more than a list may have, so that none is signed any more
   * @param number of the list in force; absent, as is all below: there is none yet
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record State(
      String authority,
      String kind,
      boolean signable,
      long revoked,
      boolean tooLong,
      @Nullable Long number,
      @Nullable Integer entries,
      @Nullable Integer bytes,
      @Nullable Instant thisUpdate,
      @Nullable Instant nextUpdate) {
    static State of(CrlStatus status) {
      CrlStatus.Listed list = status.list().orElse(null);
      return new State(
          status.authoritySpkiSha256().toHex(),
          status.kind().name().toLowerCase(Locale.ROOT),
          status.signable(),
          status.revoked(),
          status.isTooLong(),
          list == null ? null : list.number(),
          list == null ? null : list.entries(),
          list == null ? null : list.bytes(),
          list == null ? null : list.thisUpdate(),
          list == null ? null : list.nextUpdate());
    }
  }
}
