-- Acts that wait for a second admin, and what became of them (module approvals).
create table approval (
  approval_id     bigint      generated always as identity primary key,
  kind            text        not null,
  -- Which operation, and its request as it was understood: what is approved is what is done.
  operation       text        not null,
  request         text        not null,
  target          text        not null,
  reason          text        not null,
  requested_by    text        not null references human,
  requested_at    timestamptz not null default clock_timestamp(),
  expires_at      timestamptz not null,
  -- APPROVED is taken before the act and EXECUTED or FAILED behind it, so that it is done once at most.
  state           text        not null default 'PENDING'
                  check (state in ('PENDING', 'APPROVED', 'EXECUTED', 'FAILED', 'REJECTED')),
  decided_by      text        references human,
  decided_at      timestamptz,
  decision_reason text        not null default '',
  outcome         text        not null default '',
  check ((state = 'PENDING') = (decided_by is null)),
  check (state = 'REJECTED' or decided_by is distinct from requested_by)
);

create index approval_pending on approval (requested_by) where state = 'PENDING';
