-- Keys of the trust domain and its trust documents (module authority). Private keys are wrapped with AES-256-GCM under
-- the key-encryption key, which is never in the database; the associated data is table, column and primary key.
create table trust_domain (
  only_row   boolean     primary key default true check (only_row),
  name       text        not null,
  created_at timestamptz not null default clock_timestamp()
);

create table signing_key (
  key_id          uuid        primary key,
  purpose         text        not null check (purpose in ('root', 'authority', 'revocation', 'naming', 'audit')),
  spki            bytea       not null unique,
  wrapped_private bytea       not null,
  created_at      timestamptz not null default clock_timestamp(),
  -- Documents and certificates of a retired key stay valid; it signs nothing new.
  retired_at      timestamptz
);

create table issuing_authority (
  authority_id  uuid        primary key,
  key_id        uuid        not null unique references signing_key,
  kind          text        not null check (kind in ('MACHINE', 'WORKLOAD', 'HUMAN')),
  -- CURRENT signs, NEXT is published and waits; empty once it has left both.
  slot          text        check (slot in ('CURRENT', 'NEXT')),
  state         text        not null check (state in ('PREPARED', 'ACTIVE', 'RETIRED', 'TAINTED', 'REVOKED')),
  certificate   bytea       not null,
  path_prefixes text[]      not null default '{}',
  boundaries    text[]      not null default '{}',
  not_before    timestamptz not null,
  not_after     timestamptz not null,
  prepared_at   timestamptz not null default clock_timestamp(),
  activated_at  timestamptz,
  retired_at    timestamptz,
  tainted_at    timestamptz,
  revoked_at    timestamptz,
  unique (kind, slot),
  check ((slot = 'CURRENT') = (state = 'ACTIVE') or slot is null)
);

create table trust_document (
  sequence    bigint      primary key check (sequence > 0),
  body        bytea       not null,
  signature   bytea       not null,
  key_spki_sha256 bytea   not null,
  issued_at   timestamptz not null,
  next_update timestamptz not null
);
