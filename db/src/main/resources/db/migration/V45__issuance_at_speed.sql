-- What is written for every certificate costs as little as it can (module issuance).

-- Signatures have rows of their own: writing one into its certificate's row would write that row, and an entry in each
-- of its indexes, a second time. The column stays for replicas of the version before, and is read where it is filled.
create table certificate_signature (
  serial    bytea       primary key,
  not_after timestamptz not null,
  signature bytea       not null
);

-- Rows come in the order of time and are deleted by time: a summary of each range of pages is enough to find them.
create index certificate_signature_by_not_after on certificate_signature using brin (not_after);
drop index issuance_request_by_not_after;
create index issuance_request_by_not_after on issuance_request using brin (not_after);
drop index live_grant_by_expiry;
create index live_grant_by_expiry on live_grant using brin (not_after);
