-- Trust documents that an offline root has signed ahead (module authority): each says what is to be true, and is
-- published when it is.
CREATE TABLE trust_document_ahead (
    sequence        bigint      PRIMARY KEY CHECK (sequence > 0),
    body            bytea       NOT NULL,
    signature       bytea       NOT NULL,
    key_spki_sha256 bytea       NOT NULL,
    issued_at       timestamptz NOT NULL,
    next_update     timestamptz NOT NULL,
    imported_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- PLANNED: made, so that documents that name it can be signed ahead, and published nowhere.
ALTER TABLE issuing_authority DROP CONSTRAINT issuing_authority_state_check;
ALTER TABLE issuing_authority ADD CONSTRAINT issuing_authority_state_check
    CHECK (state IN ('PLANNED', 'PREPARED', 'ACTIVE', 'RETIRED', 'TAINTED', 'REVOKED'));
