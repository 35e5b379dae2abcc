-- RFC 5280 for programs that verify ordinary certificates: which of those that were issued are revoked (module
-- issuance), and the list of each authority that says so (module crl).
ALTER TABLE revocation_entry
    -- RFC 5280 5.3.1
    ADD COLUMN reason_code         smallint NOT NULL DEFAULT 0,
    -- Whether every certificate that the entry hits has its row in revoked_certificate.
    ADD COLUMN certificates_marked boolean  NOT NULL DEFAULT false;

CREATE INDEX revocation_entry_unmarked ON revocation_entry (created_at) WHERE NOT certificates_marked;

CREATE TABLE revoked_certificate (
    authority_id uuid        NOT NULL,
    serial       bytea       NOT NULL,
    revoked_at   timestamptz NOT NULL,
    reason_code  smallint    NOT NULL,
    not_after    timestamptz NOT NULL,
    -- Whether a list of its authority shows it.
    listed       boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (authority_id, serial)
);

CREATE INDEX revoked_certificate_unlisted ON revoked_certificate (authority_id) WHERE NOT listed;

-- One list an authority; the lock of its row orders the signers of all replicas.
CREATE TABLE crl (
    authority_id uuid        PRIMARY KEY,
    number       bigint      NOT NULL,
    entries      integer     NOT NULL,
    -- CertificateList, DER
    der          bytea       NOT NULL,
    this_update  timestamptz NOT NULL,
    next_update  timestamptz NOT NULL
);
