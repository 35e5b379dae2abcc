package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.TrustDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All keys of the trust domain as they were at one moment, unwrapped. Immutable. */
final class Keyring {
  private final Bytes rootSpki;
  private final @Nullable SigningKey root;
  private final @Nullable Bytes successorRoot;
  private final Map<KeyPurpose, List<SigningKey>> documentKeys;
  private final List<AuthorityRow> rows;
  private final Map<UUID, SigningAuthority> authorities;
  private final Map<EntityKind, SigningAuthority> current;

  private Keyring(
      Bytes rootSpki,
      @Nullable SigningKey root,
      @Nullable Bytes successorRoot,
      Map<KeyPurpose, List<SigningKey>> documentKeys,
      List<AuthorityRow> rows,
      Map<UUID, SigningAuthority> authorities,
      Map<EntityKind, SigningAuthority> current) {
    this.rootSpki = rootSpki;
    this.root = root;
    this.successorRoot = successorRoot;
    this.documentKeys = documentKeys;
    this.rows = rows;
    this.authorities = authorities;
    this.current = current;
  }

  static Keyring load(
      SigningKeys keys, List<AuthorityRow> rows, List<RootStatus> roots, EcdsaP256 ecdsa) {
    Map<UUID, SigningKey> authorityKeys = new LinkedHashMap<>();
    keys.active(KeyPurpose.AUTHORITY).forEach(key -> authorityKeys.put(key.id(), key));
    List<AuthorityRow> members =
        rows.stream().filter(row -> row.life().published().isPresent()).toList();
    Map<UUID, SigningAuthority> authorities = new LinkedHashMap<>();
    Map<EntityKind, SigningAuthority> current = new EnumMap<>(EntityKind.class);
    for (AuthorityRow row : members) {
      SigningKey key = authorityKeys.get(row.keyId());
      if (key == null) {
        throw new IllegalStateException("authority %s: its key is missing".formatted(row.id()));
      }
      SigningAuthority authority = new SigningAuthority(row, key, ecdsa);
      authorities.put(row.id(), authority);
      if (row.slot() == AuthoritySlot.CURRENT) {
        current.put(row.kind(), authority);
      }
    }
    Map<KeyPurpose, List<SigningKey>> documentKeys = new EnumMap<>(KeyPurpose.class);
    for (KeyPurpose purpose : List.of(KeyPurpose.REVOCATION, KeyPurpose.NAMING, KeyPurpose.AUDIT)) {
      documentKeys.put(purpose, keys.active(purpose));
    }
    RootStatus root =
        roots.stream()
            .filter(each -> each.state() == RootState.ACTIVE)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no root is active"));
    return new Keyring(
        root.spki(),
        rootKey(keys, root),
        successor(roots),
        documentKeys,
        members,
        authorities,
        current);
  }

  private static @Nullable SigningKey rootKey(SigningKeys keys, RootStatus root) {
    if (root.keyId() == null) {
      return null;
    }
    return keys.active(KeyPurpose.ROOT).stream()
        .filter(key -> key.id().equals(root.keyId()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("root: its key is missing"));
  }

  private static @Nullable Bytes successor(List<RootStatus> roots) {
    return roots.stream()
        .filter(root -> root.state() == RootState.SUCCESSOR)
        .map(RootStatus::spki)
        .findFirst()
        .orElse(null);
  }

  /** {@return the root's key; null: it is kept offline} */
  @Nullable SigningKey root() {
    return root;
  }

  List<SigningAuthority> authorities() {
    return List.copyOf(authorities.values());
  }

  @Nullable SigningAuthority authority(UUID id) {
    return authorities.get(id);
  }

  @Nullable SigningAuthority current(EntityKind kind) {
    return current.get(kind);
  }

  /** {@return the newest key that signs documents of this type} */
  SigningKey documentKey(DocumentType type) {
    KeyPurpose purpose =
        switch (type) {
          case REVOCATION_LIST -> KeyPurpose.REVOCATION;
          case NAMING_POLICY -> KeyPurpose.NAMING;
          case AUDIT_CHECKPOINT -> KeyPurpose.AUDIT;
          case TRUST_DOCUMENT, HANDSHAKE_CERTIFICATE ->
              throw new IllegalArgumentException(
                  "%s: not signed with a document key".formatted(type.title()));
        };
    return keys(purpose).getFirst();
  }

  /** {@return the trust document that these keys make} */
  TrustDocument describe(TrustDomain domain, long sequence, Instant issuedAt, Instant nextUpdate) {
    return describe(domain, sequence, issuedAt, nextUpdate, rows, rootSpki, successorRoot);
  }

  /** {@return the trust document with these authorities and this root instead of the present} */
  TrustDocument describe(
      TrustDomain domain,
      long sequence,
      Instant issuedAt,
      Instant nextUpdate,
      List<AuthorityRow> rows,
      Bytes rootSpki,
      @Nullable Bytes successorRoot) {
    List<IssuingAuthority> members = new ArrayList<>();
    for (AuthorityRow row : rows) {
      row.life()
          .published()
          .ifPresent(state ->
              members.add(new IssuingAuthority(row.certificate(), state, row.constraint())));
    }
    return new TrustDocument(
        domain,
        sequence,
        issuedAt,
        nextUpdate,
        rootSpki,
        members,
        spkis(KeyPurpose.REVOCATION),
        spkis(KeyPurpose.NAMING),
        spkis(KeyPurpose.AUDIT),
        List.of(),
        successorRoot);
  }

  private List<Bytes> spkis(KeyPurpose purpose) {
    return keys(purpose).stream().map(SigningKey::spki).toList();
  }

  private List<SigningKey> keys(KeyPurpose purpose) {
    List<SigningKey> found = documentKeys.get(purpose);
    if (found == null || found.isEmpty()) {
      throw new IllegalStateException("no %s key is active".formatted(purpose.column()));
    }
    return found;
  }
}
