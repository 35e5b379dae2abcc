-- Which custody keeps the private keys and under which key the wrapped rows are (module authority). One row, written by
-- the first start. Whoever wraps a row names the key in the same statement, so a replica that still holds the key from
-- before a rotation writes nothing that the others could not open.
CREATE TABLE key_custody (
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    custody    text        NOT NULL,
    -- Names the wrapping key and tells nothing about it.
    key_id     bytea       NOT NULL CHECK (octet_length(key_id) = 32),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
