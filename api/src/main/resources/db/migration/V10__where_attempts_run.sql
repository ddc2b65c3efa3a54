alter table attempt add column node varchar(253);
comment on column attempt.node is 'The cluster''s machine that it was seen on; null = a local child, or not seen on any. Where a result came from stands in its fingerprint.';
comment on column attempt.job_uid is 'Not written any more: a Job is called by its run and attempt.';

alter table instance add column trouble varchar(2000);
comment on column instance.trouble is 'What keeps jobs from starting where this server sends them, for an operator; null = nothing.';
