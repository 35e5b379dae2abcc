package dev.alts.ca.admin;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.issuance.CertificateQuery;
import dev.alts.ca.issuance.CertificateQuery.IssuedTo;
import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The revocation list in force, as the ledger is asked about it. */
@Component
class RevokedInForce {
  private final RevocationLists lists;
  private final TrustDocuments trustDocuments;

  RevokedInForce(RevocationLists lists, TrustDocuments trustDocuments) {
    this.lists = lists;
    this.trustDocuments = trustDocuments;
  }

  CertificateQuery.RevokedThings things() {
    return lists
        .current()
        .map(signed -> {
          try {
            return things(RevocationList.open(signed, trustDocuments.current().parsed()));
          } catch (InvalidDocumentException e) {
            throw new IllegalStateException("our own revocation list does not open", e);
          }
        })
        .orElse(RevokedThings.NONE);
  }

  private static RevokedThings things(RevocationList list) {
    List<Long> ids = new ArrayList<>();
    List<IssuedTo> subjects = new ArrayList<>();
    List<IssuedTo> machines = new ArrayList<>();
    List<Bytes> authorities = new ArrayList<>();
    for (RevocationEntry entry : list.entries()) {
      switch (entry) {
        case RevocationEntry.Certificate(var id, var drop) -> ids.add(id.value());
        case RevocationEntry.Subject(var id, var before, var drop) ->
            subjects.add(new IssuedTo(id.toString(), before));
        case RevocationEntry.Machine(var machine, var before, var drop) ->
            machines.add(new IssuedTo(machine, before));
        case RevocationEntry.Authority(var spkiSha256, var drop) -> authorities.add(spkiSha256);
        // Takes no certificate back.
        case RevocationEntry.Resumption _ -> {}
      }
    }
    return new RevokedThings(ids, subjects, machines, authorities);
  }
}
