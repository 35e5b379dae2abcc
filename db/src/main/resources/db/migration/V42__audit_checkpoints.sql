-- Which chain a checkpoint found further than the one before did (module checkpoint). All rows up to a checkpoint, the
-- latest of each chain, are what its signature covers.
create table audit_checkpoint_head (
  checkpoint_id bigint not null references audit_checkpoint,
  chain_id      bigint not null,
  incarnation   uuid   not null,
  purpose       text   not null,
  sequence      bigint not null,
  head          bytea  not null check (octet_length(head) = 32),
  base_sequence bigint not null,
  base_hash     bytea  not null check (octet_length(base_hash) = 32),
  primary key (checkpoint_id, chain_id)
);
create index audit_checkpoint_head_by_chain on audit_checkpoint_head (chain_id, checkpoint_id);
create index audit_checkpoint_by_time on audit_checkpoint (signed_at);
