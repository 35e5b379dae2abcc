-- OIDC issuers whose tokens are exchanged for certificates, tokens that were, and what was given for them (module
-- exchange).
CREATE TABLE exchange_issuer (
    name       text        PRIMARY KEY,
    -- The claim "iss", exactly.
    url        text        NOT NULL UNIQUE,
    -- What its tokens must be like and which claims become facts, JSON.
    definition text        NOT NULL,
    author     text        NOT NULL,
    reason     text        NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Each token once, whichever replica is asked. No token is kept, not even its hash can be presented.
CREATE TABLE exchanged_token (
    issuer         text        NOT NULL,
    token_id       bytea       NOT NULL,
    -- Of the keys that it was used for: the same request again is not another use.
    request_sha256 bytea       NOT NULL,
    used_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Until here the token itself would be accepted.
    forget_after   timestamptz NOT NULL,
    PRIMARY KEY (issuer, token_id)
);

CREATE INDEX exchanged_token_by_end ON exchanged_token (forget_after);

-- Certificates that were given for tokens until they expire, with the facts that gave them, so that the CA can judge
-- them again when the rules change.
CREATE TABLE exchange_grant (
    revocation_id bigint      PRIMARY KEY,
    issuer        text        NOT NULL,
    spiffe_id     text        NOT NULL,
    rule          text        NOT NULL,
    rule_version  bigint      NOT NULL,
    -- verified.oidc.* by name, JSON.
    facts         text        NOT NULL,
    issued_at     timestamptz NOT NULL,
    not_after     timestamptz NOT NULL
);

CREATE INDEX exchange_grant_by_issuer ON exchange_grant (issuer, issued_at);
CREATE INDEX exchange_grant_by_end ON exchange_grant (not_after);
