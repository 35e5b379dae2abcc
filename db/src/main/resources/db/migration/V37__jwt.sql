-- JWT-SVIDs (modules authority and jwt). The keys that sign them have slots like issuing authorities, but are in no
-- trust document: whoever verifies tokens gets them as a JSON web key set.
ALTER TABLE signing_key DROP CONSTRAINT signing_key_purpose_check;
ALTER TABLE signing_key ADD CONSTRAINT signing_key_purpose_check
    CHECK (purpose IN ('root', 'authority', 'revocation', 'naming', 'audit', 'jwt'));

CREATE TABLE jwt_authority (
    authority_id uuid        PRIMARY KEY,
    key_id       uuid        NOT NULL UNIQUE REFERENCES signing_key,
    -- CURRENT signs, NEXT is published and waits; empty once it has left both.
    slot         text        UNIQUE CHECK (slot IN ('CURRENT', 'NEXT')),
    state        text        NOT NULL CHECK (state IN ('PREPARED', 'ACTIVE', 'RETIRED', 'REVOKED')),
    -- No token that it signed is valid after this.
    not_after    timestamptz NOT NULL,
    prepared_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Tokens are counted, not kept: a row for each decision, written before the token is signed.
CREATE TABLE jwt_svid_count (
    machine       text        NOT NULL,
    spiffe_id     text        NOT NULL,
    audiences     text[]      NOT NULL,
    rule          text        NOT NULL,
    rule_version  bigint      NOT NULL,
    tokens        bigint      NOT NULL,
    first_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    latest_expiry timestamptz NOT NULL,
    PRIMARY KEY (machine, spiffe_id, audiences, rule, rule_version)
);
CREATE INDEX jwt_svid_count_by_identity ON jwt_svid_count (spiffe_id, last_at);
CREATE INDEX jwt_svid_count_by_last_at ON jwt_svid_count (last_at);
