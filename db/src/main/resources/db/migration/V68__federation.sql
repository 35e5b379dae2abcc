-- Other trust domains whose identities are accepted here, and what was fetched from them last (module federation).
CREATE SEQUENCE federation_version;
CREATE TABLE federation (
    trust_domain       text        PRIMARY KEY,
    -- New with every act of an admin: what was fetched under an earlier one is not taken over.
    version            bigint      NOT NULL DEFAULT nextval('federation_version'),
    endpoint_url       text        NOT NULL,
    -- Profile https_spiffe: whose SVID the endpoint shows. Null: profile https_web.
    endpoint_spiffe_id text,
    -- Profile https_web: the CAs that are trusted for it, DER. None: those of the system.
    web_authorities    bytea[]     NOT NULL,
    -- Of the root's public key, pinned. Null: the domain does not speak ALTS.
    root_sha256        bytea       CHECK (octet_length(root_sha256) = 32),
    -- Whether the endpoint may be in the private networks that the CA's configuration lists.
    private_network    boolean     NOT NULL,
    -- Numbers of kinds that its identities may have in ALTS, and prefixes of their paths; none: every path.
    kinds              integer[]   NOT NULL,
    accepted_paths     text[]      NOT NULL,
    -- Prefixes of the paths of our identities that are told of it; none: all.
    given_to_paths     text[]      NOT NULL,
    -- After so long without a successful fetch nothing of the domain is trusted.
    max_age_seconds    bigint      NOT NULL CHECK (max_age_seconds > 0),
    changed_by         text        NOT NULL,
    changed_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The last good bundle as JSON, in the form in which it was understood. Null: none yet.
    bundle             text,
    -- Never goes back. Null: the domain's bundle has none.
    bundle_sequence    bigint,
    -- DomainDocuments, the last good ones. Null: none yet.
    documents          bytea,
    fetched_at         timestamptz,
    next_fetch_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- In a row, since the last success.
    failures           integer     NOT NULL DEFAULT 0,
    last_failure       text
);

-- Versions of our own SPIFFE bundle; the newest is served.
CREATE TABLE own_bundle (
    sequence   bigint      PRIMARY KEY,
    -- The member "keys" of the bundle, JSON.
    keys       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
