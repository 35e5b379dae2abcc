-- What the CA pushes, by topic. A sequence is assigned under the topic's row lock, which is held until commit, so
-- events of a topic become visible in order and without gaps. Scope: a machine's name, or empty for the whole domain.
CREATE TABLE watch_topic (
    topic       smallint NOT NULL,
    scope       text     NOT NULL,
    sequence    bigint   NOT NULL,
    -- Part of every resume token: a position of another incarnation (a restored database) counts from the beginning.
    incarnation uuid     NOT NULL DEFAULT gen_random_uuid(),
    PRIMARY KEY (topic, scope)
);

CREATE TABLE watch_event (
    topic        smallint    NOT NULL,
    scope        text        NOT NULL,
    sequence     bigint      NOT NULL,
    -- alts.machine.v1.WatchResponse without topic, sequence and token. Never a key.
    payload      bytea       NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, scope, sequence),
    FOREIGN KEY (topic, scope) REFERENCES watch_topic
);
