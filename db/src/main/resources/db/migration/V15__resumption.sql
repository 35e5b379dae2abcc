-- One random root per period of 12 hours, wrapped; the row goes when its keys open nothing any more.
CREATE TABLE resumption_root (
    period     bigint      PRIMARY KEY,
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL
);

-- Identities whose keys were replaced. No row: generation 0.
CREATE TABLE resumption_generation (
    spiffe_id  text        NOT NULL,
    boundary   text        NOT NULL,
    generation integer     NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (spiffe_id, boundary)
);

-- Which machine was given the keys of which identity, until when they open anything.
CREATE TABLE resumption_handout (
    machine     text        NOT NULL,
    spiffe_id   text        NOT NULL,
    boundary    text        NOT NULL,
    opens_until timestamptz NOT NULL,
    PRIMARY KEY (machine, spiffe_id, boundary)
);

CREATE INDEX resumption_handout_by_identity ON resumption_handout (spiffe_id);
