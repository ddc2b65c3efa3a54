-- Whose archive may be checked now, and how many judgings may run.

create table check_turn (
    account uuid primary key references account (id),
    holder uuid,
    busy_until timestamp with time zone,
    failures int not null,
    cool_until timestamp with time zone
);
comment on table check_turn is 'One row an account that ever had an archive checked: it checks one at a time, on any server, and rests after many unsound ones.';
comment on column check_turn.holder is 'The check under way; null = none.';
comment on column check_turn.busy_until is 'No check takes longer: after it the turn is free, though the server that had it died.';
comment on column check_turn.failures is 'Unsound archives in a row, the last of them within the hour.';
comment on column check_turn.cool_until is 'When the next archive is taken; after a failure that brings no wait, the time of that failure. Null = none failed.';

alter table task add column running_max int check (running_max >= 0);
comment on column task.running_max is 'Judgings of this task that run at a time, of all teams together; null = no limit. Set by an administrator.';

create index attempt_by_end on attempt (ended);
