-- What a rule gives beyond the name (docs/operate/rules.md). The defaults are what rules of earlier versions meant.
ALTER TABLE identity_rule
    ADD COLUMN dns_names        text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN record_protocols text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN require_privacy  boolean NOT NULL DEFAULT false,
    ADD COLUMN resumption       boolean NOT NULL DEFAULT true;

-- The same as it was given, in one text: another text is another grant. Empty: nothing out of the ordinary.
ALTER TABLE live_grant ADD COLUMN terms text NOT NULL DEFAULT '';

-- What explanations of a past time are made from (docs/operate/explain.md). What is so now stays where it is; here is
-- what was so once and is not any more.

-- What agents said of processes whose certificates have expired: one row for each different statement, however many
-- certificates it led to. Bounded for each machine, and kept as long as certificates are.
CREATE TABLE past_grant (
    machine         text        NOT NULL,
    spiffe_id       text        NOT NULL,
    question_sha256 bytea       NOT NULL,
    -- alts.machine.v1.IssueItem with facts, unavailable attestors and the identity asked for only
    question        bytea       NOT NULL,
    first_issued    timestamptz NOT NULL,
    last_expiry     timestamptz NOT NULL,
    PRIMARY KEY (machine, spiffe_id, question_sha256)
);
CREATE INDEX past_grant_by_machine ON past_grant (machine, last_expiry);
CREATE INDEX past_grant_by_expiry ON past_grant (last_expiry);

-- Each attestation of a machine, with what the CA knew of it from then on.
CREATE TABLE machine_attestation (
    machine     text        NOT NULL,
    lineage     integer     NOT NULL,
    boundary    text        NOT NULL,
    attestor    text        NOT NULL,
    attested_at timestamptz NOT NULL,
    PRIMARY KEY (machine, lineage)
);
CREATE TABLE machine_attestation_label (
    machine text    NOT NULL,
    lineage integer NOT NULL,
    key     text    NOT NULL,
    value   text    NOT NULL,
    PRIMARY KEY (machine, lineage, key),
    FOREIGN KEY (machine, lineage) REFERENCES machine_attestation ON DELETE CASCADE
);
INSERT INTO machine_attestation SELECT name, lineage, boundary, attestor, attested_at FROM machine;
INSERT INTO machine_attestation_label
    SELECT l.machine, m.lineage, l.key, l.value FROM machine_label l JOIN machine m ON m.name = l.machine;

-- Bans that were lifted, and revocations that left the list because they match nothing any more.
CREATE TABLE lifted_machine_ban (
    machine   text        NOT NULL,
    reason    text        NOT NULL,
    banned_at timestamptz NOT NULL,
    lifted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (machine, banned_at)
);
CREATE TABLE lifted_identity_ban (
    spiffe_id text        NOT NULL,
    reason    text        NOT NULL,
    banned_at timestamptz NOT NULL,
    lifted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (spiffe_id, banned_at)
);
CREATE TABLE past_revocation (
    id         uuid        PRIMARY KEY,
    entry      bytea       NOT NULL,
    author     text        NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL,
    drop_after timestamptz NOT NULL
);
CREATE INDEX past_revocation_by_drop ON past_revocation (drop_after);
