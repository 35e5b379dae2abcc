-- Which of a machine's certificates descends from which: two users of one line are a machine and a copy (ADR 25).
ALTER TABLE machine_certificate
    -- Of the certificate that asked for this one; 0: its attestation; NULL: recorded by a version before.
    ADD COLUMN parent_generation integer;

ALTER TABLE machine
    -- When confirmed_generation became what it is.
    ADD COLUMN confirmed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When a certificate was shown, for the first time since then, that was no call under way any more.
    ADD COLUMN superseded_use_at timestamptz,
    -- The lineage that was stopped because it had two users; it concerns the present one if that follows it.
    ADD COLUMN copied_lineage    integer,
    ADD COLUMN copied_at         timestamptz,
    ADD COLUMN copy_evidence     text NOT NULL DEFAULT '';

-- A trigger, because replicas of the version before move confirmed_generation too.
CREATE FUNCTION machine_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.lineage <> OLD.lineage OR NEW.confirmed_generation <> OLD.confirmed_generation THEN
        NEW.confirmed_at := clock_timestamp();
        NEW.superseded_use_at := NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER machine_confirmed BEFORE UPDATE ON machine
    FOR EACH ROW EXECUTE FUNCTION machine_confirmed();
