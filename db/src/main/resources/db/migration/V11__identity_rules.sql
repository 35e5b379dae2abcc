-- Versions of the rules. Nothing is ever changed here: the highest version is in force.
CREATE TABLE rule_set (
    version    bigint      PRIMARY KEY CHECK (version > 0),
    author     text        NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE identity_rule (
    version              bigint  NOT NULL REFERENCES rule_set,
    name                 text    NOT NULL,
    condition            text    NOT NULL,
    identity             text    NOT NULL,
    use_machine_identity boolean NOT NULL,
    ttl                  text    NOT NULL,
    hint                 text    NOT NULL,
    priority             integer NOT NULL,
    clear_boundary       boolean NOT NULL,
    allow_any_machine    boolean NOT NULL,
    PRIMARY KEY (version, name)
);
