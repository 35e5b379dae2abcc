-- Certificates by an upstream CA for issuing authorities (module authority). They go to plain-TLS users behind the
-- leaf and are trusted by nobody here.
CREATE TABLE upstream_chain (
    authority_id uuid        PRIMARY KEY REFERENCES issuing_authority,
    -- The certificate of the authority's key, then intermediates, each signed by the next; DER.
    certificates bytea[]     NOT NULL CHECK (cardinality(certificates) BETWEEN 1 AND 4),
    -- Who signed the last of them: what the users trust. Kept to be shown, handed to nobody.
    root         bytea       NOT NULL,
    -- The earliest end of all of them.
    not_after    timestamptz NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    installed_by text        NOT NULL
);
