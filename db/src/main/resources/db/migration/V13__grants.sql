-- What machines hold for their processes until it expires, with the facts that gave it, so that the CA can judge it
-- again when the rules change.
CREATE TABLE live_grant (
    revocation_id bigint      PRIMARY KEY,
    machine       text        NOT NULL,
    spiffe_id     text        NOT NULL,
    boundary      text        NOT NULL,
    rule          text        NOT NULL,
    rule_version  bigint      NOT NULL,
    -- alts.machine.v1.IssueItem with facts, unavailable attestors and the identity asked for only
    question      bytea       NOT NULL,
    resumes       boolean     NOT NULL,
    issued_at     timestamptz NOT NULL,
    not_after     timestamptz NOT NULL
);

CREATE INDEX live_grant_by_machine ON live_grant (machine, spiffe_id);
CREATE INDEX live_grant_by_identity ON live_grant (spiffe_id);
CREATE INDEX live_grant_by_expiry ON live_grant (not_after);
