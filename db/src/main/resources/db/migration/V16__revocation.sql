CREATE TABLE revocation_entry (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    -- alts.handshake.v1.RevocationEntry
    entry      bytea       NOT NULL UNIQUE,
    author     text        NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    drop_after timestamptz NOT NULL
);

-- Identities that are not issued any more, whatever the rules say.
CREATE TABLE banned_identity (
    spiffe_id text        PRIMARY KEY,
    reason    text        NOT NULL,
    banned_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The list in force: one row, whose lock orders the signers of all replicas.
CREATE TABLE revocation_list (
    only_row                 boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    counter                  bigint      NOT NULL,
    trust_document_sequence  bigint      NOT NULL,
    -- alts.handshake.v1.SignedDocument; empty until the first is signed
    document                 bytea       NOT NULL,
    issued_at                timestamptz
);

INSERT INTO revocation_list (counter, trust_document_sequence, document) VALUES (0, 0, '');
