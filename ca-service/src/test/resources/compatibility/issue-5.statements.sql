DELETE FROM banned_identity WHERE spiffe_id = $1

DELETE FROM enrolment_code WHERE (used_at IS NULL AND human = $1) OR (used_at IS NULL AND purpose = 'FIRST_ADMIN' AND $2 = 'FIRST_ADMIN') OR expires_at < now() - interval '1 day'

DELETE FROM enrolment_code WHERE human = $1 AND used_at IS NULL

DELETE FROM jwt_svid_count WHERE last_at < clock_timestamp() - interval '90 days'

DELETE FROM live_grant WHERE not_after < clock_timestamp() - interval '5 min'

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

INSERT INTO jwt_svid_count AS c (machine, spiffe_id, audiences, rule, rule_version, tokens, latest_expiry) VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (machine, spiffe_id, audiences, rule, rule_version) DO UPDATE SET tokens = c.tokens + 1, last_at = clock_timestamp(), latest_expiry = greatest(c.latest_expiry, EXCLUDED.latest_expiry) RETURNING tokens

INSERT INTO live_grant (revocation_id, machine, spiffe_id, boundary, rule, rule_version, question, resumes, issued_at, not_after) SELECT revocation_id, machine, spiffe_id, boundary, rule, rule_version, question, resumes, to_timestamp(issued_at), to_timestamp(not_after) FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bytea[], $8::boolean[], $9::bigint[], $10::bigint[]) AS granted (revocation_id, machine, spiffe_id, boundary, rule, rule_version, question, resumes, issued_at, not_after) ON CONFLICT (revocation_id) DO NOTHING

INSERT INTO machine AS m (name, boundary, attestor, agent_version, lineage, generation, confirmed_generation) VALUES ($1, $2, $3, $4, 1, 1, 0) ON CONFLICT (name) DO UPDATE SET boundary = EXCLUDED.boundary, attestor = EXCLUDED.attestor, agent_version = EXCLUDED.agent_version, lineage = m.lineage + 1, generation = 1, confirmed_generation = 0, attested_at = clock_timestamp(), last_seen = clock_timestamp() WHERE m.banned_at IS NULL RETURNING lineage, attested_at

INSERT INTO machine_certificate (sha256, machine, lineage, generation, may_delegate, revocation_id, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO NOTHING

INSERT INTO machine_label (machine, key, value) VALUES ($1, $2, $3)

INSERT INTO naming_policy (version, document, author, reason) VALUES ($1, $2, $3, $4)

INSERT INTO resumption_generation AS g (spiffe_id, boundary, generation, created_at) VALUES ($1, $2, 1, $3) ON CONFLICT (spiffe_id, boundary) DO UPDATE SET generation = g.generation + 1, created_at = EXCLUDED.created_at

INSERT INTO resumption_handout AS h (machine, spiffe_id, boundary, opens_until) SELECT machine, spiffe_id, boundary, to_timestamp(max(opens_until)) FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS given (machine, spiffe_id, boundary, opens_until) WHERE NOT EXISTS (SELECT FROM resumption_handout k WHERE k.machine = given.machine AND k.spiffe_id = given.spiffe_id AND k.boundary = given.boundary AND k.opens_until >= to_timestamp(given.opens_until)) GROUP BY machine, spiffe_id, boundary ORDER BY machine, spiffe_id, boundary ON CONFLICT (machine, spiffe_id, boundary) DO UPDATE SET opens_until = greatest(h.opens_until, EXCLUDED.opens_until)

INSERT INTO resumption_root (period, wrapped, created_at) SELECT $1, $2, date_trunc('second', clock_timestamp()) FROM key_custody WHERE key_id = $3 FOR SHARE ON CONFLICT (period) DO NOTHING

INSERT INTO revocation_entry (entry, author, reason, drop_after) VALUES ($1, $2, $3, $4) ON CONFLICT (entry) DO NOTHING

INSERT INTO rule_set (version, author, reason) SELECT coalesce(max(version), 0) + 1, $1, $2 FROM rule_set RETURNING version, author, reason, created_at

INSERT INTO trust_holder (machine, sequence, authority_key_ids) VALUES ($1, $2, $3) ON CONFLICT (machine) DO UPDATE SET sequence = excluded.sequence, authority_key_ids = excluded.authority_key_ids, said_at = clock_timestamp()

INSERT INTO watch_event (topic, scope, sequence, payload) VALUES ($1, $2, $3, $4)

INSERT INTO watch_topic (topic, scope, sequence) VALUES ($1, $2, 1) ON CONFLICT (topic, scope) DO UPDATE SET sequence = watch_topic.sequence + 1 RETURNING sequence

SELECT * FROM identity_rule WHERE version = $1 ORDER BY priority, name

SELECT * FROM live_grant WHERE (machine, spiffe_id, revocation_id) > ($1, $2, $3) AND not_after > clock_timestamp() ORDER BY machine, spiffe_id, revocation_id LIMIT $4

SELECT * FROM live_grant WHERE machine = $1 AND not_after > clock_timestamp()

SELECT * FROM live_grant WHERE revocation_id = $1

SELECT * FROM live_grant WHERE rule_version < $1 AND not_after > clock_timestamp() ORDER BY revocation_id LIMIT 200

SELECT * FROM live_grant WHERE spiffe_id = $1 AND not_after > clock_timestamp()

SELECT * FROM revocation_list WHERE issued_at IS NOT NULL

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND machine = $1

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND opens_until > $1::timestamptz

SELECT DISTINCT spiffe_id, boundary FROM resumption_handout WHERE opens_until > clock_timestamp() AND spiffe_id = $1

SELECT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL)

SELECT body FROM domain_policy WHERE kind = $1 AND author <> 'ca' ORDER BY version DESC LIMIT 1

SELECT body FROM domain_policy WHERE kind = $1 ORDER BY version DESC LIMIT 1

SELECT c.sha256, m.name, m.boundary, m.attestor, m.lineage, c.generation, m.banned_at IS NOT NULL AS banned, m.ban_reason, m.attested_at, m.confirmed_generation < c.generation OR m.last_seen < clock_timestamp() - interval '1 minute' AS stale, array(SELECT key FROM machine_label l WHERE l.machine = m.name ORDER BY key) AS keys, array(SELECT value FROM machine_label l WHERE l.machine = m.name ORDER BY key) AS values FROM machine_certificate c JOIN machine m ON m.name = c.machine WHERE c.sha256 = ANY($1) AND c.lineage = m.lineage AND NOT c.may_delegate AND c.not_after > clock_timestamp()

SELECT clock_timestamp()

SELECT coalesce(max(version), 0) + 1 FROM domain_policy WHERE kind = $1

SELECT count(*) FROM live_grant WHERE not_after > clock_timestamp()

SELECT disabled_at IS NOT NULL FROM human WHERE name = $1 FOR UPDATE

SELECT document, author, reason FROM naming_policy ORDER BY version DESC LIMIT 1

SELECT e.sequence, e.payload, t.incarnation FROM watch_event e JOIN watch_topic t ON t.topic = e.topic AND t.scope = e.scope WHERE e.topic = $1 AND e.scope = $2 AND e.sequence > $3 AND ($4 OR e.published_at >= $5) ORDER BY e.sequence DESC LIMIT 1

SELECT e.sequence, e.payload, t.incarnation FROM watch_event e JOIN watch_topic t ON t.topic = e.topic AND t.scope = e.scope WHERE e.topic = $1 AND e.scope = $2 AND e.sequence > $3 AND ($4 OR e.published_at >= $5) ORDER BY e.sequence LIMIT 100

SELECT entry FROM revocation_entry ORDER BY created_at DESC

SELECT entry FROM revocation_entry ORDER BY created_at, id

SELECT given.number, g.generation, g.created_at FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (spiffe_id, boundary, number) JOIN resumption_generation g USING (spiffe_id, boundary)

SELECT greatest(coalesce(max(version), 0) + 1, sequence_floor()) FROM naming_policy

SELECT key, value FROM join_token_label WHERE token_id = $1

SELECT key, value FROM machine_label WHERE machine = $1

SELECT m.name FROM machine m WHERE m.banned_at IS NULL AND EXISTS ( SELECT FROM machine_certificate c WHERE c.machine = m.name AND c.lineage = m.lineage AND c.not_after > clock_timestamp()) ORDER BY m.name

SELECT machine FROM resumption_handout WHERE spiffe_id = $1 AND boundary = $2 AND opens_until > clock_timestamp()

SELECT machine, max(issued_at) AS latest FROM live_grant WHERE not_after > clock_timestamp() GROUP BY machine

SELECT machine, sequence, authority_key_ids FROM trust_holder

SELECT name, admin, enrolled_at, last_login_at, disabled_at, accepts_issued_from FROM human WHERE name = $1

SELECT name, admin, enrolled_at, last_login_at, disabled_at, accepts_issued_from FROM human WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2

SELECT name, boundary, attestor, agent_version, attested_at, last_seen, lineage, banned_at IS NOT NULL AS banned, ban_reason FROM machine WHERE name = $1

SELECT name, boundary, attestor, agent_version, attested_at, last_seen, lineage, banned_at IS NOT NULL AS banned, ban_reason FROM machine WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2

SELECT payload FROM watch_event WHERE topic = $1 AND scope = '' ORDER BY sequence DESC LIMIT 1

SELECT payload FROM watch_event WHERE topic = $1 ORDER BY sequence DESC LIMIT 1

SELECT pg_advisory_xact_lock(hashtext('alts.enrolment_code'))

SELECT pg_notify($1, $2)

SELECT sequence FROM watch_topic WHERE topic = $1 AND scope = '' FOR UPDATE

SELECT sequence_floor()

SELECT sha256, may_delegate, revocation_id, not_after FROM machine_certificate WHERE machine = $1 AND lineage = $2 AND not_after > clock_timestamp() ORDER BY generation DESC, may_delegate DESC

SELECT spiffe_id, reason FROM banned_identity WHERE spiffe_id = ANY($1)

SELECT spiffe_id, reason, banned_at FROM banned_identity ORDER BY spiffe_id

SELECT topic, scope, sequence, incarnation FROM watch_topic WHERE scope = '' OR scope = ANY ($1)

SELECT version, author, reason, created_at FROM rule_set ORDER BY version DESC LIMIT 1

SELECT version, author, reason, created_at FROM rule_set WHERE version = $1 ORDER BY version DESC LIMIT 1

SELECT version, author, reason, created_at, (SELECT count(*) FROM identity_rule r WHERE r.version = s.version) AS rules FROM rule_set s WHERE version < $1 ORDER BY version DESC LIMIT $2

SELECT version, body, author, reason, created_at FROM domain_policy WHERE kind = $1 AND version < $2 ORDER BY version DESC LIMIT $3

SELECT wrapped, created_at FROM resumption_root WHERE period = $1

UPDATE enrolment_code c SET used_at = now() FROM human h WHERE c.secret_sha256 = $1 AND c.used_at IS NULL AND c.expires_at > now() AND h.name = c.human AND h.disabled_at IS NULL AND (c.purpose <> 'FIRST_ADMIN' OR NOT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL)) RETURNING c.human, c.purpose

UPDATE human SET disabled_at = NULL WHERE name = $1 AND disabled_at IS NOT NULL

UPDATE human SET disabled_at = coalesce(disabled_at, now()), accepts_issued_from = date_trunc('second', now()) + interval '1 second' WHERE name = $1

UPDATE human SET enrolled_at = coalesce(enrolled_at, now()), last_login_at = now(), admin = admin OR $1, admin_since = CASE WHEN $2 THEN coalesce(admin_since, now()) ELSE admin_since END WHERE name = $3 AND disabled_at IS NULL

UPDATE join_token SET used_at = clock_timestamp() WHERE secret_sha256 = $1 AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING id, machine, boundary

UPDATE live_grant SET rule_version = $1 WHERE revocation_id = $2 AND rule_version < $3

UPDATE machine SET banned_at = NULL, ban_reason = '' WHERE name = $1

UPDATE machine SET banned_at = clock_timestamp(), ban_reason = $1 WHERE name = $2

UPDATE machine SET generation = generation + 1, confirmed_generation = greatest(confirmed_generation, $1) WHERE name = $2 AND lineage = $3 AND banned_at IS NULL AND confirmed_generation <= $4 RETURNING generation

UPDATE machine SET lineage = lineage + 1 WHERE name = $1

UPDATE revocation_list SET counter = counter + 1 RETURNING counter

UPDATE revocation_list SET trust_document_sequence = $1, document = $2, issued_at = $3 WHERE counter = $4

WITH RECURSIVE held AS ( (SELECT spiffe_id FROM live_grant WHERE machine = $1 ORDER BY spiffe_id LIMIT 1) UNION ALL SELECT (SELECT g.spiffe_id FROM live_grant g WHERE g.machine = $2 AND g.spiffe_id > held.spiffe_id ORDER BY g.spiffe_id LIMIT 1) FROM held WHERE held.spiffe_id IS NOT NULL) SELECT count(*) FROM held WHERE spiffe_id IS NOT NULL AND EXISTS ( SELECT FROM live_grant g WHERE g.machine = $3 AND g.spiffe_id = held.spiffe_id AND g.not_after > clock_timestamp())

WITH seen AS ( SELECT name, lineage, max(generation)::int AS generation FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS s (name, lineage, generation) GROUP BY name, lineage ), locked AS ( SELECT m.name, seen.generation FROM machine m JOIN seen ON m.name = seen.name AND m.lineage = seen.lineage ORDER BY m.name FOR UPDATE OF m ) UPDATE machine m SET last_seen = clock_timestamp(), confirmed_generation = greatest(m.confirmed_generation, locked.generation) FROM locked WHERE m.name = locked.name

WITH taken AS ( UPDATE machine m SET generation = m.generation + 1 FROM database_life life WHERE m.name = $1 AND m.boundary = $2 AND life.generation > 0 AND $3 BETWEEN date_trunc('second', life.backup_taken_at) AND life.confirmed_at AND NOT EXISTS (SELECT FROM machine_certificate c WHERE c.sha256 = $4) AND NOT EXISTS ( SELECT FROM machine_certificate c WHERE c.machine = m.name AND c.lineage = m.lineage AND NOT c.may_delegate AND (c.not_after, c.revocation_id) >= ($5, $6)) RETURNING m.name, m.lineage, m.generation) INSERT INTO machine_certificate (sha256, machine, lineage, generation, may_delegate, revocation_id, not_after) SELECT $7, name, lineage, generation, false, $8, $9 FROM taken ON CONFLICT (sha256) DO NOTHING

delete from audit_checkpoint where checkpoint_id < $1

delete from audit_checkpoint where checkpoint_id = $1

delete from audit_checkpoint_head where checkpoint_id < $1

delete from audit_checkpoint_head where checkpoint_id = $1

delete from certificate_default where ctid = any (array ( select ctid from certificate_default where not_after < $1 and recorded_at < $2 limit $3))

delete from certificate_signature where serial in ( select serial from certificate_signature where not_after < clock_timestamp() - interval '1 hour' limit $1 for update skip locked)

delete from duty where holder = $1

delete from issuance_request where request_key in ( select request_key from issuance_request where not_after < clock_timestamp() - interval '1 hour' limit $1 for update skip locked)

delete from replica where incarnation = $1

delete from signing_key where key_id = $1

delete from signing_key where spki = $1

insert into audit_chain (incarnation, purpose, head) values ($1, $2, $3) returning chain_id

insert into audit_checkpoint (checkpoint_id, signed_at, body, signature, key_spki) overriding system value values ($1, $2, $3, $4, $5)

insert into audit_checkpoint_head (checkpoint_id, chain_id, incarnation, purpose, sequence, head, base_sequence, base_hash) values ($1, $2, $3, $4, $5, $6, $7, $8)

insert into audit_event (sequence, type, body, hash, chain_id, recorded_at) select sequence, type, body, hash, $1, $2 from unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[]) as event (sequence, type, body, hash)

insert into duty as held (name, holder, epoch, until) values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4)) on conflict (name) do update set holder = excluded.holder, epoch = excluded.epoch, until = excluded.until where held.holder = excluded.holder or held.until <= clock_timestamp()

insert into identity_rule (version, name, condition, identity, use_machine_identity, ttl, hint, priority, clear_boundary, allow_any_machine) select sequence_floor(), name, condition, identity, use_machine_identity, ttl, hint, priority, clear_boundary, allow_any_machine from identity_rule where version = (select max(version) from rule_set where version < sequence_floor())

insert into issuing_authority (authority_id, key_id, kind, slot, state, certificate, path_prefixes, boundaries, not_before, not_after, activated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11 = 'ACTIVE' then clock_timestamp() end)

insert into jwt_authority (authority_id, key_id, slot, state, not_after) values ($1, $2, $3, $4, $5)

insert into key_custody (custody, key_id) values ($1, $2) on conflict do nothing

insert into replica (incarnation, epoch, until) values ($1, nextval('replica_epoch'), clock_timestamp() + make_interval(secs => $2)) on conflict (incarnation) do update set epoch = excluded.epoch, until = excluded.until returning epoch

insert into root (spki, key_id, state, activated_at) values ($1, $2, $3, case when $4 = 'ACTIVE' then clock_timestamp() end)

insert into signing_key (key_id, purpose, spki, wrapped_private) select $1, $2, $3, $4 from key_custody where key_id = $5 for share

insert into trust_document (sequence, body, signature, key_spki_sha256, issued_at, next_update) values ($1, $2, $3, $4, $5, $6)

insert into trust_document_ahead (sequence, body, signature, key_spki_sha256, issued_at, next_update) values ($1, $2, $3, $4, $5, $6) on conflict (sequence) do update set body = excluded.body, signature = excluded.signature, key_spki_sha256 = excluded.key_spki_sha256, issued_at = excluded.issued_at, next_update = excluded.next_update, imported_at = clock_timestamp()

insert into trust_domain (name) values ($1)

select (select oid from pg_database where datname = current_database())::text, has_function_privilege('pg_control_system()', 'execute')::text

select * from audit_checkpoint_head order by checkpoint_id, chain_id

select * from issuing_authority order by not_before, authority_id

select * from root order by prepared_at, root_id

select authority_id, key_id, slot, state, not_after from jwt_authority where state <> 'REVOKED' order by prepared_at, authority_id

select body, signature, key_spki_sha256 from ( select *, lead(key_spki_sha256) over (order by sequence) as next_key from trust_document) document where next_key <> key_spki_sha256 order by sequence desc limit $1

select body, signature, key_spki_sha256 from trust_document order by sequence desc limit $1

select body, signature, key_spki_sha256 from trust_document_ahead where sequence > $1 and issued_at <= $2 and next_update > $3 order by sequence desc

select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by c.relname

select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by c.relname, a.attnum

select c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid) from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent where c.relispartition and c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by c.relname

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, (c.revocation_id = any($1) or (c.spiffe_id = any($2) and exists ( select from unnest($3::text[], $4::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($5) and exists ( select from unnest($6::text[], $7::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) as revoked from certificate c where (c.revocation_id = any($8) or (c.spiffe_id = any($9) and exists ( select from unnest($10::text[], $11::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($12) and exists ( select from unnest($13::text[], $14::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $15

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, (c.revocation_id = any($1) or (c.spiffe_id = any($2) and exists ( select from unnest($3::text[], $4::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($5) and exists ( select from unnest($6::text[], $7::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) as revoked from certificate c where c.spiffe_id = $8 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $9

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, (c.revocation_id = any($1) or (c.spiffe_id = any($2) and exists ( select from unnest($3::text[], $4::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($5) and exists ( select from unnest($6::text[], $7::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) as revoked from certificate c where c.spiffe_id like $8 and c.machine = $9 and (c.revocation_id = any($10) or (c.spiffe_id = any($11) and exists ( select from unnest($12::text[], $13::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($14) and exists ( select from unnest($15::text[], $16::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $17

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, (c.revocation_id = any($1) or (c.spiffe_id = any($2) and exists ( select from unnest($3::text[], $4::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($5) and exists ( select from unnest($6::text[], $7::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) as revoked from certificate c where c.spiffe_id like $8 and c.machine = $9 and not (c.revocation_id = any($10) or (c.spiffe_id = any($11) and exists ( select from unnest($12::text[], $13::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($14) and exists ( select from unnest($15::text[], $16::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) ) and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $17

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, (c.revocation_id = any($1) or (c.spiffe_id = any($2) and exists ( select from unnest($3::text[], $4::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($5) and exists ( select from unnest($6::text[], $7::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) or c.authority_id in ( select a.authority_id from issuing_authority a join signing_key k using (key_id) where sha256(k.spki) = any($8)) ) as revoked from certificate c where c.spiffe_id like $9 and c.machine = $10 and (c.revocation_id = any($11) or (c.spiffe_id = any($12) and exists ( select from unnest($13::text[], $14::timestamptz[]) as gone (name, before) where c.spiffe_id = gone.name and c.issued_at < gone.before)) or (c.machine = any($15) and exists ( select from unnest($16::text[], $17::timestamptz[]) as gone (name, before) where c.machine = gone.name and c.issued_at < gone.before)) or c.authority_id in ( select a.authority_id from issuing_authority a join signing_key k using (key_id) where sha256(k.spki) = any($18)) ) and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $19

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.authorized_by like $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.issued_at < $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.issued_at >= $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.machine = $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.not_after < $1 and c.not_after > clock_timestamp() and (c.not_after, c.serial) > ($2, $3) order by c.not_after, c.serial limit $4

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.not_after < $1 and c.not_after > clock_timestamp() order by c.not_after, c.serial limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.not_after > clock_timestamp() and (c.issued_at, c.serial) < ($1, $2) order by c.issued_at desc, c.serial desc limit $3

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $1

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.serial = $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.serial = $1 order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.spiffe_id = $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.spiffe_id like $1 and c.issued_at + (c.not_after - c.issued_at) / 2 < clock_timestamp() and not exists ( select from certificate newer where newer.spiffe_id = c.spiffe_id and newer.machine = c.machine and newer.profile = c.profile and newer.issued_at > c.issued_at offset 0) and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine, c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, false as revoked from certificate c where c.spiffe_id like $1 and c.not_after > clock_timestamp() order by c.issued_at desc, c.serial desc limit $2

select chain_id, count(*) as events from audit_event where chain_id not in (select chain_id from audit_chain) group by chain_id

select chain_id, incarnation, purpose, next_sequence - 1 as sequence, head, base_sequence, base_hash from audit_chain order by chain_id

select chain_id, sequence, recorded_at, type, body from audit_event where true and chain_id in (select chain_id from audit_chain where purpose = 'admin') and recorded_at >= $1 and position($2 in body) > 0 order by recorded_at desc, chain_id desc, sequence desc limit $3

select chain_id, sequence, recorded_at, type, body from audit_event where true and chain_id in (select chain_id from audit_chain where purpose = 'admin') order by recorded_at desc, chain_id desc, sequence desc limit $1

select checkpoint_id, body, signature, key_spki, signed_at from audit_checkpoint order by checkpoint_id desc limit 1

select checkpoint_id, body, signature, key_spki, signed_at from audit_checkpoint where checkpoint_id = $1

select checkpoint_id, body, signature, key_spki, signed_at from audit_checkpoint where checkpoint_id > $1 order by checkpoint_id limit $2

select clock_timestamp()

select count(*) from ( select from certificate_default where not_after > clock_timestamp() limit 1000) as few

select custody, key_id from key_custody

select custody, key_id from key_custody for update

select d.name, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), k.custody, encode(k.key_id, 'hex') from trust_domain d, key_custody k

select e.chain_id, min(e.sequence) as first, max(e.sequence) as last, count(*) as count, (array_agg(e.hash order by e.sequence desc))[1] as last_hash, coalesce(c.base_sequence, 0) as base from audit_event_default e left join audit_chain c using (chain_id) where e.recorded_at <= $1::timestamptz group by e.chain_id, c.base_sequence

select epoch = $1 and ($2 or until > clock_timestamp()) from replica where incarnation = $3 for key share

select exists ( select from audit_chain where incarnation = $1 and closed_at is not null)

select from jwt_authority where authority_id = $1 and slot = 'CURRENT' for share

select incarnation from replica where until < clock_timestamp() - interval '1 day'

select key_id, spki, wrapped_private from signing_key where purpose = $1 and retired_at is null order by prepared, created_at desc, key_id

select latest.* from audit_chain c cross join lateral ( select h.* from audit_checkpoint_head h where h.chain_id = c.chain_id order by h.checkpoint_id desc limit 1) latest

select max(next_update) from trust_document_ahead

select name from trust_domain

select next_sequence, head, closed_at is not null as closed, clock_timestamp() as now from audit_chain where chain_id = $1 for update

select only_row from trust_domain for update

select payload from watch_event where topic = $1 order by sequence desc limit 1

select pg_advisory_xact_lock($1)

select pg_is_in_recovery()

select place, generation::text, restored_from::text, to_char(backup_taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), original, (confirmed_at is null)::text from database_life for update

select r.request_digest, c.serial, c.tbs, c.authority_id, c.profile, coalesce(s.signature, c.signature) as signature from issuance_request r join certificate c using (serial, not_after) left join certificate_signature s using (serial) where r.request_key = $1

select s.relname, t.relname from pg_constraint f join pg_class s on s.oid = f.conrelid join pg_class t on t.oid = f.confrelid where f.contype = 'f' and s.oid <> t.oid and s.relnamespace = current_schema()::regnamespace

select sequence, recorded_at, type, body, hash from audit_event where chain_id = $1 order by sequence, recorded_at

select sequence_floor()

select sequencename, (coalesce(last_value + increment_by, start_value))::text from pg_sequences where schemaname = current_schema() order by sequencename

select setval($1::regclass, $2, false)

select spiffe_id from ( select distinct on (spiffe_id) spiffe_id, authority_id from certificate where not_after > clock_timestamp() and profile = any ($1) order by spiffe_id, issued_at desc, recorded_at desc) newest where authority_id = $2 order by spiffe_id

select spiffe_id, sum(held) as certificates, count(distinct machine) as machines, count(*) filter (where newest + (newest_ends - newest) / 2 < clock_timestamp()) as never_renewed, max(newest) as newest, max(last_expiry) as last_expiry from ( select spiffe_id, machine, profile, count(*) as held, max(issued_at) as newest, (array_agg(not_after order by issued_at desc))[1] as newest_ends, max(not_after) as last_expiry from certificate where not_after > clock_timestamp() and spiffe_id like $1 and spiffe_id collate "C" > $2 group by spiffe_id, machine, profile) as held group by spiffe_id order by spiffe_id collate "C" limit $3

select spki, prepared, created_at, activated_at from signing_key where purpose = $1 and retired_at is null order by prepared, created_at desc, key_id

select system_identifier::text from pg_control_system()

select to_regclass('trust_domain') where to_regclass('trust_domain') is not null

select version from flyway_schema_history where success and version is not null order by installed_rank

update audit_chain set base_sequence = $1, base_hash = $2 where chain_id = $3

update audit_chain set closed_at = clock_timestamp()

update audit_chain set closed_at = clock_timestamp() where incarnation = $1 and closed_at is null

update audit_chain set next_sequence = $1, head = $2 where chain_id = $3

update database_life set audited = true where not audited returning generation, restored_from::text as backup, backup_taken_at::text as taken

update database_life set generation = generation + 1, audited = false, confirmed_at = clock_timestamp(), backup_taken_at = coalesce(backup_taken_at, clock_timestamp())

update database_life set place = $1

update database_life set place = 'restored', restored_from = $1, backup_taken_at = $2, original = $3, confirmed_at = null

update enrolment_code set expires_at = least(expires_at, clock_timestamp()) where used_at is null

update issuing_authority set slot = $1, state = $2, activated_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, prepared_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, retired_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, revoked_at = clock_timestamp() where authority_id = $3

update issuing_authority set slot = $1, state = $2, tainted_at = clock_timestamp() where authority_id = $3

update jwt_authority set slot = $1, state = $2, changed_at = clock_timestamp() where authority_id = $3

update key_custody set key_id = $1, changed_at = clock_timestamp()

update number_block set next = next + $1 where name = $2 returning next - $3

update replica set until = clock_timestamp() + make_interval(secs => $1) where incarnation = $2 and epoch = $3

update replica set until = clock_timestamp() + make_interval(secs => $1) where incarnation = $2 and epoch = $3 and until > clock_timestamp()

update root set state = 'ACTIVE', activated_at = clock_timestamp() where root_id = $1

update root set state = 'RETIRED', retired_at = clock_timestamp(), key_id = null where root_id = $1

update signing_key set prepared = false, activated_at = clock_timestamp() where spki = $1

update signing_key set prepared = true where key_id = $1

with asked as ( select * from unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::bytea[], $12::bytea[], $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[]) as asked (request_key, request_digest, serial, revocation_id, spiffe_id, profile, boundary, machine, may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, issued_at, not_before, not_after) ), claimed as ( insert into issuance_request (request_key, request_digest, serial, not_after) select request_key, request_digest, serial, to_timestamp(not_after) from asked on conflict (request_key) do nothing returning serial ), written as ( insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine, may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation, issued_at, not_before, not_after) select serial, revocation_id, spiffe_id, profile, boundary, machine, may_delegate, authority_id::uuid, spki_sha256, tbs, requester, authorized_by, $18, to_timestamp(issued_at), to_timestamp(not_before), to_timestamp(not_after) from asked join claimed using (serial) ) select serial from claimed

with at_ease as ( select set_config('synchronous_commit', 'off', true) ), saved as ( insert into certificate_signature (serial, not_after, signature) select serial, to_timestamp(not_after), signature from at_ease, unnest($1::bytea[], $2::bigint[], $3::bytea[]) as signed (serial, not_after, signature) on conflict (serial) do nothing ) select 1

with first as ( select min(checkpoint_id) as id from audit_checkpoint where signed_at >= clock_timestamp() - $1 * interval '1 second' ), folded as ( insert into audit_checkpoint_head (checkpoint_id, chain_id, incarnation, purpose, sequence, head, base_sequence, base_hash) select distinct on (h.chain_id) first.id, h.chain_id, h.incarnation, h.purpose, h.sequence, h.head, h.base_sequence, h.base_hash from audit_checkpoint_head h, first where h.checkpoint_id < first.id order by h.chain_id, h.checkpoint_id desc on conflict do nothing ) select id from first where id is not null
