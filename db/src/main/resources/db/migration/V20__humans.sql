-- Humans and the one-time codes that enrol them. Owned by dev.alts.ca.humans.

CREATE TABLE human (
  name        text PRIMARY KEY CHECK (name ~ '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$'),
  admin       boolean NOT NULL DEFAULT false,
  -- First redemption as an admin. Never cleared: it ends for good what the operator socket may do without a reason.
  admin_since timestamptz,
  -- First redemption of a code; null: invited only.
  enrolled_at timestamptz,
  last_login_at timestamptz,
  disabled_at timestamptz,
  -- Certificates issued before this are not accepted, so that enabling again revives none. Whole seconds, as issued-at.
  accepts_issued_from timestamptz NOT NULL DEFAULT date_trunc('second', now()),
  created_at  timestamptz NOT NULL DEFAULT now(),
  CHECK (NOT admin OR admin_since IS NOT NULL)
);

CREATE TABLE enrolment_code (
  -- Only the hash: who reads this table cannot redeem.
  secret_sha256 bytea PRIMARY KEY CHECK (octet_length(secret_sha256) = 32),
  human         text NOT NULL REFERENCES human (name),
  purpose       text NOT NULL CHECK (purpose IN ('MEMBER', 'ADMIN', 'FIRST_ADMIN', 'BREAK_GLASS')),
  created_by    text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz
);

CREATE INDEX enrolment_code_human ON enrolment_code (human);
CREATE INDEX enrolment_code_expires_at ON enrolment_code (expires_at);
