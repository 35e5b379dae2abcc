-- Keys for revocation lists, naming policies and audit checkpoints are replaced too (module authority).
ALTER TABLE signing_key
    -- Published in the trust document, but signs nothing yet.
    ADD COLUMN prepared     boolean     NOT NULL DEFAULT false,
    -- When it left that state; null: it never was in it.
    ADD COLUMN activated_at timestamptz;
