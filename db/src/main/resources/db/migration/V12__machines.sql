-- Only the hash of a join token's secret is kept. Used tokens stay as a record of who joined with which.
CREATE TABLE join_token (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    secret_sha256 bytea       NOT NULL UNIQUE,
    machine       text        NOT NULL,
    boundary      text        NOT NULL,
    created_by    text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz
);

CREATE TABLE join_token_label (
    token_id uuid NOT NULL REFERENCES join_token ON DELETE CASCADE,
    key      text NOT NULL,
    value    text NOT NULL,
    PRIMARY KEY (token_id, key)
);

CREATE TABLE machine (
    name                 text        PRIMARY KEY,
    boundary             text        NOT NULL,
    attestor             text        NOT NULL,
    attested_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen            timestamptz NOT NULL DEFAULT clock_timestamp(),
    agent_version        text        NOT NULL,
    -- Counts attestations: certificates of an earlier lineage are worth nothing any more.
    lineage              integer     NOT NULL,
    -- Newest generation of certificates issued, and newest one seen in use (renewal is bound to these).
    generation           integer     NOT NULL,
    confirmed_generation integer     NOT NULL,
    banned_at            timestamptz,
    ban_reason           text        NOT NULL DEFAULT ''
);

CREATE TABLE machine_label (
    machine text NOT NULL REFERENCES machine ON DELETE CASCADE,
    key     text NOT NULL,
    value   text NOT NULL,
    PRIMARY KEY (machine, key)
);

CREATE TABLE machine_certificate (
    sha256        bytea       PRIMARY KEY,
    machine       text        NOT NULL REFERENCES machine ON DELETE CASCADE,
    lineage       integer     NOT NULL,
    generation    integer     NOT NULL,
    may_delegate  boolean     NOT NULL,
    revocation_id bigint      NOT NULL,
    not_after     timestamptz NOT NULL
);

CREATE INDEX machine_certificate_by_machine ON machine_certificate (machine, not_after);
