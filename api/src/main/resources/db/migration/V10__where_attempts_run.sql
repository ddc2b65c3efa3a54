-- A Job is called by its run and attempt, so what was missing is the machine: where an attempt failed, the next is kept away from.
alter table attempt drop column job_uid;
alter table attempt add column node varchar(253);
comment on column attempt.node is 'The cluster''s machine that it was seen running on; null = a local child, or not seen there. Where a result came from stands in its fingerprint.';

alter table instance add column trouble varchar(2000);
comment on column instance.trouble is 'What keeps jobs from starting where this server sends them, for an operator; null = nothing.';
