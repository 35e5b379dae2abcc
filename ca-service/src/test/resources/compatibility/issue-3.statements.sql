DELETE FROM enrolment_code WHERE (used_at IS NULL AND human = $1) OR (used_at IS NULL AND purpose = 'FIRST_ADMIN' AND $2 = 'FIRST_ADMIN') OR expires_at < now() - interval '1 day'

DELETE FROM enrolment_code WHERE human = $1 AND used_at IS NULL

DELETE FROM machine_certificate WHERE machine = $1 AND not_after < clock_timestamp() - interval '1 hour'

DELETE FROM machine_certificate WHERE revocation_id = $1 RETURNING machine

DELETE FROM machine_label WHERE machine = $1

DELETE FROM resumption_handout WHERE machine = $1 AND spiffe_id = $2 AND boundary = $3

DELETE FROM resumption_handout WHERE opens_until < clock_timestamp()

DELETE FROM resumption_root WHERE period < $1

DELETE FROM revocation_entry WHERE drop_after < clock_timestamp()

DELETE FROM watch_event WHERE topic = $1 AND scope = $2 AND sequence <= $3

DELETE FROM watch_event WHERE topic = $1 AND scope = $2 AND sequence <= $3 AND published_at < clock_timestamp() - interval '3 days'

INSERT INTO banned_identity (spiffe_id, reason) VALUES ($1, $2) ON CONFLICT (spiffe_id) DO UPDATE SET reason = EXCLUDED.reason

INSERT INTO domain_policy (kind, version, body, author, reason) VALUES ($1, $2, $3, $4, $5)

INSERT INTO enrolment_code (secret_sha256, human, purpose, created_by, expires_at) VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING expires_at

INSERT INTO human (name) VALUES ($1) ON CONFLICT DO NOTHING

INSERT INTO identity_rule (version, name, condition, identity, use_machine_identity, ttl, hint, priority, clear_boundary, allow_any_machine) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

INSERT INTO join_token (secret_sha256, machine, boundary, created_by, expires_at) VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5)) RETURNING id, expires_at

INSERT INTO join_token_label (token_id, key, value) VALUES ($1, $2, $3)

INSERT INTO live_grant (revocation_id, machine, spiffe_id, boundary, rule, rule_version, question, resumes, issued_at, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (revocation_id) DO NOTHING

INSERT INTO machine AS m (name, boundary, attestor, agent_version, lineage, generation, confirmed_generation) VALUES ($1, $2, $3, $4, 1, 1, 0) ON CONFLICT (name) DO UPDATE SET boundary = EXCLUDED.boundary, attestor = EXCLUDED.attestor, agent_version = EXCLUDED.agent_version, lineage = m.lineage + 1, generation = 1, confirmed_generation = 0, attested_at = clock_timestamp(), last_seen = clock_timestamp() WHERE m.banned_at IS NULL RETURNING lineage, attested_at

INSERT INTO machine_certificate (sha256, machine, lineage, generation, may_delegate, revocation_id, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO NOTHING

INSERT INTO machine_label (machine, key, value) VALUES ($1, $2, $3)

INSERT INTO naming_policy (version, document, author, reason) VALUES ($1, $2, $3, $4)

INSERT INTO resumption_generation AS g (spiffe_id, boundary, generation, created_at) VALUES ($1, $2, 1, $3) ON CONFLICT (spiffe_id, boundary) DO UPDATE SET generation = g.generation + 1, created_at = EXCLUDED.created_at

INSERT INTO resumption_handout (machine, spiffe_id, boundary, opens_until) VALUES ($1, $2, $3, $4) ON CONFLICT (machine, spiffe_id, boundary) DO UPDATE SET opens_until = EXCLUDED.opens_until

INSERT INTO resumption_root (period, wrapped, created_at) VALUES ($1, $2, date_trunc('second', clock_timestamp())) ON CONFLICT (period) DO NOTHING

INSERT INTO revocation_entry (entry, author, reason, drop_after) VALUES ($1, $2, $3, $4) ON CONFLICT (entry) DO NOTHING

INSERT INTO rule_set (version, author, reason) SELECT coalesce(max(version), 0) + 1, $1, $2 FROM rule_set RETURNING version, author, reason, created_at

INSERT INTO watch_event (topic, scope, sequence, payload) VALUES ($1, $2, $3, $4)

INSERT INTO watch_topic (topic, scope, sequence) VALUES ($1, $2, 1) ON CONFLICT (topic, scope) DO UPDATE SET sequence = watch_topic.sequence + 1 RETURNING sequence

SELECT * FROM identity_rule WHERE version = $1 ORDER BY priority, name

SELECT * FROM live_grant WHERE machine = $1 AND not_after > clock_timestamp()

SELECT * FROM live_grant WHERE revocation_id = $1

SELECT * FROM live_grant WHERE rule_version < $1 AND not_after > clock_timestamp() ORDER BY revocation_id LIMIT 200

SELECT * FROM live_grant WHERE spiffe_id = $1 AND not_after > clock_timestamp()

SELECT * FROM revocation_list WHERE issued_at IS NOT NULL

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND machine = $1

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND opens_until > $1::timestamptz

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND spiffe_id = $1

SELECT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL)

SELECT body FROM domain_policy WHERE kind = $1 ORDER BY version DESC LIMIT 1

SELECT clock_timestamp()

SELECT coalesce(max(version), 0) + 1 FROM domain_policy WHERE kind = $1

SELECT coalesce(max(version), 0) + 1 FROM naming_policy

SELECT count(DISTINCT spiffe_id) FROM live_grant WHERE machine = $1 AND not_after > clock_timestamp()

SELECT disabled_at IS NOT NULL FROM human WHERE name = $1 FOR UPDATE

SELECT document, author, reason FROM naming_policy ORDER BY version DESC LIMIT 1

SELECT e.sequence, e.payload, t.incarnation FROM watch_event e JOIN watch_topic t ON t.topic = e.topic AND t.scope = e.scope WHERE e.topic = $1 AND e.scope = $2 AND e.sequence > $3 AND ($4 OR e.published_at >= $5) ORDER BY e.sequence DESC LIMIT 1

SELECT e.sequence, e.payload, t.incarnation FROM watch_event e JOIN watch_topic t ON t.topic = e.topic AND t.scope = e.scope WHERE e.topic = $1 AND e.scope = $2 AND e.sequence > $3 AND ($4 OR e.published_at >= $5) ORDER BY e.sequence LIMIT 100

SELECT entry FROM revocation_entry ORDER BY created_at DESC

SELECT entry FROM revocation_entry ORDER BY created_at, id

SELECT generation, created_at FROM resumption_generation WHERE spiffe_id = $1 AND boundary = $2

SELECT key, value FROM join_token_label WHERE token_id = $1

SELECT key, value FROM machine_label WHERE machine = $1

SELECT m.name, m.boundary, m.attestor, m.lineage, c.generation, m.banned_at IS NOT NULL AS banned, m.ban_reason, m.attested_at, m.confirmed_generation < c.generation OR m.last_seen < clock_timestamp() - interval '1 minute' AS stale FROM machine_certificate c JOIN machine m ON m.name = c.machine WHERE c.sha256 = $1 AND c.lineage = m.lineage AND NOT c.may_delegate AND c.not_after > clock_timestamp()

SELECT machine FROM resumption_handout WHERE spiffe_id = $1 AND boundary = $2 AND opens_until > clock_timestamp()

SELECT name, admin, enrolled_at, last_login_at, disabled_at, accepts_issued_from FROM human WHERE name = $1

SELECT name, admin, enrolled_at, last_login_at, disabled_at, accepts_issued_from FROM human WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2

SELECT name, boundary, attestor, agent_version, attested_at, last_seen, lineage, banned_at IS NOT NULL AS banned, ban_reason FROM machine WHERE name = $1

SELECT name, boundary, attestor, agent_version, attested_at, last_seen, lineage, banned_at IS NOT NULL AS banned, ban_reason FROM machine WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2

SELECT payload FROM watch_event WHERE topic = $1 AND scope = '' ORDER BY sequence DESC LIMIT 1

SELECT pg_advisory_xact_lock(hashtext('alts.enrolment_code'))

SELECT pg_notify($1, $2)

SELECT reason FROM banned_identity WHERE spiffe_id = $1

SELECT sequence FROM watch_topic WHERE topic = $1 AND scope = '' FOR UPDATE

SELECT sha256, may_delegate, revocation_id, not_after FROM machine_certificate WHERE machine = $1 AND lineage = $2 AND not_after > clock_timestamp() ORDER BY generation DESC, may_delegate DESC

SELECT topic, scope, sequence, incarnation FROM watch_topic WHERE scope = '' OR scope = ANY ($1)

SELECT version, author, reason, created_at FROM rule_set ORDER BY version DESC LIMIT 1

SELECT wrapped, created_at FROM resumption_root WHERE period = $1

UPDATE enrolment_code c SET used_at = now() FROM human h WHERE c.secret_sha256 = $1 AND c.used_at IS NULL AND c.expires_at > now() AND h.name = c.human AND h.disabled_at IS NULL AND (c.purpose <> 'FIRST_ADMIN' OR NOT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL)) RETURNING c.human, c.purpose

UPDATE human SET disabled_at = NULL WHERE name = $1 AND disabled_at IS NOT NULL

UPDATE human SET disabled_at = coalesce(disabled_at, now()), accepts_issued_from = date_trunc('second', now()) + interval '1 second' WHERE name = $1

UPDATE human SET enrolled_at = coalesce(enrolled_at, now()), last_login_at = now(), admin = admin OR $1, admin_since = CASE WHEN $2 THEN coalesce(admin_since, now()) ELSE admin_since END WHERE name = $3 AND disabled_at IS NULL

UPDATE join_token SET used_at = clock_timestamp() WHERE secret_sha256 = $1 AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING id, machine, boundary

UPDATE live_grant SET rule_version = $1 WHERE revocation_id = $2 AND rule_version < $3

UPDATE machine SET banned_at = clock_timestamp(), ban_reason = $1 WHERE name = $2

UPDATE machine SET generation = generation + 1, confirmed_generation = greatest(confirmed_generation, $1) WHERE name = $2 AND lineage = $3 AND banned_at IS NULL AND confirmed_generation <= $4 RETURNING generation

UPDATE machine SET last_seen = clock_timestamp(), confirmed_generation = greatest(confirmed_generation, $1) WHERE name = $2 AND lineage = $3

UPDATE machine SET lineage = lineage + 1 WHERE name = $1

UPDATE revocation_list SET counter = counter + 1 RETURNING counter

UPDATE revocation_list SET trust_document_sequence = $1, document = $2, issued_at = $3 WHERE counter = $4

delete from issuance_request where request_key in ( select request_key from issuance_request where not_after < clock_timestamp() - interval '1 hour' limit $1 for update skip locked)

insert into audit_chain (incarnation, purpose, head) values ($1, $2, $3) returning chain_id

insert into audit_event (chain_id, sequence, recorded_at, type, body, hash) values ($1, $2, $3, $4, $5, $6)

insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine, may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation, issued_at, not_before, not_after) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

insert into issuance_request (request_key, request_digest, serial, not_after) values ($1, $2, $3, $4) on conflict (request_key) do nothing

insert into issuing_authority (authority_id, key_id, kind, slot, state, certificate, path_prefixes, boundaries, not_before, not_after, activated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11 = 'ACTIVE' then clock_timestamp() end)

insert into signing_key (key_id, purpose, spki, wrapped_private) values ($1, $2, $3, $4)

insert into trust_document (sequence, body, signature, key_spki_sha256, issued_at, next_update) values ($1, $2, $3, $4, $5, $6)

insert into trust_domain (name) values ($1)

select * from issuing_authority order by prepared_at, authority_id

select body, signature, key_spki_sha256 from trust_document order by sequence desc limit 1

select chain_id, incarnation, purpose, next_sequence, head from audit_chain order by chain_id

select clock_timestamp()

select key_id, spki, wrapped_private from signing_key where purpose = $1 and retired_at is null order by created_at desc

select name from trust_domain

select next_sequence, head, closed_at is not null as closed, clock_timestamp() as now from audit_chain where chain_id = $1 for update

select not exists (select from signing_key)

select only_row from trust_domain for update

select r.request_digest, c.serial, c.tbs, c.authority_id, c.profile, c.signature from issuance_request r join certificate c using (serial, not_after) where r.request_key = $1

select sequence, recorded_at, type, body, hash from audit_event where chain_id = $1 order by sequence

select serial, revocation_id, spiffe_id, profile, boundary, machine, authorized_by, issued_at, not_after from certificate where not_after > clock_timestamp() and ($1 = '' or machine = $2) and ($3 = '' or spiffe_id = $4) and ($5 = '' or (issued_at, serial) < ( select issued_at, serial from certificate where serial = decode($6, 'hex'))) order by issued_at desc, serial desc limit $7

update audit_chain set next_sequence = $1, head = $2 where chain_id = $3

update certificate set signature = $1 where serial = $2 and not_after = $3 and signature is null

update issuing_authority set slot = $1, state = $2, activated_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, retired_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, revoked_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, tainted_at = clock_timestamp() where authority_id = $3

update number_block set next = next + $1 where name = $2 returning next - $3
