-- Who may act, and for how long (module replica). All times are this database's.

-- Epochs fence: a replica that comes back after its lease gets a higher one, and work that began under the old one is
-- not recorded.
CREATE SEQUENCE replica_epoch;

-- One life of one process. The row is read FOR SHARE in the transaction of everything that is audited.
CREATE TABLE replica (
    incarnation uuid        PRIMARY KEY,
    epoch       bigint      NOT NULL UNIQUE,
    until       timestamptz NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Background work that one replica does for all.
CREATE TABLE duty (
    name   text        PRIMARY KEY,
    holder uuid        NOT NULL,
    epoch  bigint      NOT NULL,
    until  timestamptz NOT NULL
);
