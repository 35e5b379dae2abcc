-- Hash chains of audit events (module audit). A chain belongs to one incarnation of one replica and one purpose.
create table audit_chain (
  chain_id      bigint generated always as identity primary key,
  incarnation   uuid        not null,
  purpose       text        not null check (purpose in ('replica', 'admin')),
  opened_at     timestamptz not null default clock_timestamp(),
  -- Once set nothing is appended any more: this is how a replica that lost its place is fenced.
  closed_at     timestamptz,
  next_sequence bigint      not null default 1,
  head          bytea       not null check (octet_length(head) = 32),
  unique (incarnation, purpose)
);

create table audit_event (
  chain_id    bigint      not null references audit_chain,
  sequence    bigint      not null,
  recorded_at timestamptz not null default clock_timestamp(),
  type        text        not null,
  -- Canonical JSON, exactly as it went into the hash.
  body        text        not null,
  hash        bytea       not null check (octet_length(hash) = 32),
  primary key (chain_id, sequence)
);

-- What the audit key signed over all heads.
create table audit_checkpoint (
  checkpoint_id bigint generated always as identity primary key,
  signed_at     timestamptz not null default clock_timestamp(),
  body          bytea       not null,
  signature     bytea       not null,
  key_spki      bytea       not null
);
