-- Everything that is searched for has an index (module issuance); the partitions themselves are made and dropped by the
-- CA (module ledger), ahead of time.

-- Equality and prefixes, whatever the collation of the database.
create index certificate_by_identity on certificate (spiffe_id text_pattern_ops, issued_at, serial);
drop index certificate_by_spiffe_id;
create index certificate_by_not_after on certificate (not_after, serial);
create index certificate_by_authorization on certificate (authorized_by text_pattern_ops, issued_at);
