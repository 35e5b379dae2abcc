-- What each agent last said that it holds (module rotation), so that the CA knows whom a change of authorities would
-- leave behind. A row is the agent's word about itself and about nobody else.
CREATE TABLE trust_holder (
    machine           text        PRIMARY KEY,
    -- Of the trust document that the agent verifies by.
    sequence          bigint      NOT NULL CHECK (sequence > 0),
    -- Subject key identifiers of the authorities of every certificate that the agent serves or shows.
    authority_key_ids bytea[]     NOT NULL,
    said_at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
