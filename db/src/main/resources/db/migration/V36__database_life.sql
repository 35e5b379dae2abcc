-- Which database this is (module backup). A copy, however it was made, finds itself in another place than this row says
-- and stays silent until an operator has said that the original is gone.
CREATE TABLE database_life (
    only_row        boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    -- Counts confirmed restores. Upper digits of every number that must not be used again (sequence_floor).
    generation      bigint      NOT NULL DEFAULT 0 CHECK (generation BETWEEN 0 AND 30000),
    -- Server and database in which it lives; null until the first start.
    place           text,
    -- Set from a restore until it is confirmed, and kept.
    restored_from   uuid,
    backup_taken_at timestamptz,
    -- host:port where the CA that made the backup listened.
    original        text,
    confirmed_at    timestamptz,
    -- Whether the confirmation is in the audit log.
    audited         boolean     NOT NULL DEFAULT true
);
INSERT INTO database_life DEFAULT VALUES;

-- No sequence or version that others remember is smaller than this: it was zero in the first life, and is above
-- everything that the original may have used since the backup in a restored one.
CREATE FUNCTION sequence_floor() RETURNS bigint LANGUAGE sql STABLE AS
    'SELECT generation * 1000000 FROM database_life';
