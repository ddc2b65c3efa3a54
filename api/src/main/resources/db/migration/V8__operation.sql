alter table instance add column drained timestamp with time zone;
comment on column instance.drained is 'Since when it starts no more jobs, as an operator asked; null = it does.';
create index attempt_by_start on attempt (started, run, n);
create index audit_by_act on audit (act, seq);
