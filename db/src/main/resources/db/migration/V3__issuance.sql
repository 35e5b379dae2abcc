-- What was issued (module issuance). A row exists before its certificate is signed.

-- Numbers that a replica takes in blocks, so that no two replicas ever use the same one.
create table number_block (
  name text   primary key,
  next bigint not null check (next > 0)
);
insert into number_block (name, next) values ('serial', 1), ('revocation', 1);

-- Partitioned by expiry: what has expired is dropped by partition. The serial is unique by construction (block number
-- and 64 random bits); a partitioned table can only enforce it together with the partition's column.
create table certificate (
  serial          bytea       not null,
  revocation_id   bigint      not null,
  spiffe_id       text        not null,
  profile         text        not null,
  boundary        text        not null,
  machine         text        not null,
  may_delegate    boolean     not null,
  authority_id    uuid        not null,
  spki_sha256     bytea       not null,
  tbs             bytea       not null,
  -- Written behind the reply; absent: nobody may have seen it, and a retry signs the same bytes again.
  signature       bytea,
  requester       text        not null,
  authorized_by   text        not null,
  incarnation     uuid        not null,
  issued_at       timestamptz not null,
  not_before      timestamptz not null,
  not_after       timestamptz not null,
  recorded_at     timestamptz not null default clock_timestamp(),
  primary key (serial, not_after)
) partition by range (not_after);
create table certificate_default partition of certificate default;
create index certificate_by_revocation_id on certificate (revocation_id);
create index certificate_by_machine on certificate (machine, issued_at);
create index certificate_by_spiffe_id on certificate (spiffe_id, issued_at);
create index certificate_by_issued_at on certificate (issued_at, serial);

-- The same requester asking again with the same key gets the same certificate.
create table issuance_request (
  -- SHA-256 of requester and idempotency key.
  request_key    bytea       primary key,
  -- SHA-256 of everything that was asked for.
  request_digest bytea       not null,
  serial         bytea       not null,
  not_after      timestamptz not null
);
create index issuance_request_by_not_after on issuance_request (not_after);
