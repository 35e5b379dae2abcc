-- Audit events in partitions by time (module audit). What there is stays where it is, as the default partition: a
-- rename and a new key, no copy.

-- A chain's events are found out by replaying it; a foreign key would cost a look-up for every event and say less.
alter table audit_event drop constraint audit_event_chain_id_fkey;
alter table audit_event drop constraint audit_event_pkey;
alter table audit_event rename to audit_event_default;
create table audit_event (
  chain_id    bigint      not null,
  sequence    bigint      not null,
  recorded_at timestamptz not null default clock_timestamp(),
  type        text        not null,
  body        text        not null,
  hash        bytea       not null constraint audit_event_hash_check check (octet_length(hash) = 32),
  -- A partitioned table can only enforce it together with the partition's column; the chain's lock does the rest.
  primary key (chain_id, sequence, recorded_at)
) partition by range (recorded_at);
alter table audit_event attach partition audit_event_default default;
-- Times come in order, so a summary of each range of pages is enough to find them.
create index audit_event_by_time on audit_event using brin (recorded_at);

-- Where a chain begins since its first events were dropped after their retention; signed in the checkpoints.
alter table audit_chain
  add column base_sequence bigint not null default 0 check (base_sequence >= 0),
  add column base_hash     bytea  check (octet_length(base_hash) = 32);
