-- Roles of humans, each perhaps limited (module humans). Who was an admin may do everything, as before.
create table role_assignment (
  assignment_id  bigint      generated always as identity primary key,
  human          text        not null references human,
  role           text        not null check (role in ('VIEWER', 'OPERATOR', 'SECURITY_ADMIN', 'AUDITOR')),
  -- Of SPIFFE IDs, in whole segments, such as /prod/web; empty: no limit.
  path_prefix    text        not null default '',
  -- What the machine must have; {}: no limit.
  machine_labels jsonb       not null default '{}',
  granted_by     text        not null,
  reason         text        not null,
  granted_at     timestamptz not null default clock_timestamp(),
  unique (human, role, path_prefix, machine_labels)
);

insert into role_assignment (human, role, granted_by, reason)
  select name, 'SECURITY_ADMIN', 'migration', 'admin before there were roles' from human where admin;

-- human.admin is what replicas of before V70 read and write. It goes on to say who may everything, and becoming an admin
-- by a code makes the assignment, whichever version of the CA takes the code.
create function admin_has_role() returns trigger language plpgsql as $$
begin
  insert into role_assignment (human, role, granted_by, reason)
    values (new.name, 'SECURITY_ADMIN', 'enrolment', 'enrolled as an admin')
    on conflict do nothing;
  return null;
end $$;

create trigger admin_has_role after update of admin on human
  for each row when (new.admin and not old.admin) execute function admin_has_role();

-- And one who loses it there loses it here.
create function no_admin_no_role() returns trigger language plpgsql as $$
begin
  delete from role_assignment where human = new.name and role = 'SECURITY_ADMIN' and path_prefix = ''
    and machine_labels = '{}';
  return null;
end $$;

create trigger no_admin_no_role after update of admin on human
  for each row when (old.admin and not new.admin) execute function no_admin_no_role();
