-- Roots of the trust domain (module authority): one that signs, perhaps its successor, and those that were.
CREATE TABLE root (
    root_id      uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    spki         bytea       NOT NULL UNIQUE,
    -- Null: the private key is not here. It is kept offline, or it was erased when the successor took over.
    key_id       uuid        REFERENCES signing_key,
    state        text        NOT NULL CHECK (state IN ('SUCCESSOR', 'ACTIVE', 'RETIRED')),
    prepared_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    activated_at timestamptz,
    retired_at   timestamptz
);

CREATE UNIQUE INDEX root_one_each ON root (state) WHERE state <> 'RETIRED';

INSERT INTO root (spki, key_id, state, activated_at)
SELECT spki, key_id, 'ACTIVE', created_at FROM signing_key WHERE purpose = 'root';
