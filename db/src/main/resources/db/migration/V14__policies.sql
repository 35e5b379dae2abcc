-- Versions of what the CA tells everybody. The highest version is in force.
CREATE TABLE naming_policy (
    version    bigint      PRIMARY KEY CHECK (version > 0),
    -- alts.handshake.v1.SignedDocument with a NamingPolicy body
    document   bytea       NOT NULL,
    author     text        NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Record, foreign-domain and revocation policy: one row per kind and version.
CREATE TABLE domain_policy (
    kind       text        NOT NULL,
    version    bigint      NOT NULL CHECK (version > 0),
    body       bytea       NOT NULL,
    author     text        NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, version)
);
