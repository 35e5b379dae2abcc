-- The last refusals of each machine, so that "why did it not get one" can be answered after the fact. What was asked is
-- kept as the agent said it, never a key. Bounded: some per machine, none older than a week; the audit log has them all.
CREATE TABLE refusal (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine      text        NOT NULL,
    reason       text        NOT NULL,
    explanation  text        NOT NULL,
    rule_version bigint      NOT NULL,
    -- alts.machine.v1.IssueItem with facts, unavailable attestors and the identity asked for only
    question     bytea       NOT NULL,
    refused_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX refusal_by_machine ON refusal (machine, id);
CREATE INDEX refusal_by_time ON refusal USING brin (refused_at);
CREATE INDEX rule_set_by_time ON rule_set (created_at);
