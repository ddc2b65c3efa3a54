alter table judging_set add column version int;
alter table judging_set add column seeds text;
alter table judging_set add column priority bigint default 0 not null;
alter table judging_set add column choice text;
alter table judging_set add column applied_seq bigint;
alter table judging_set add column ended timestamp with time zone;
create index judging_set_by_state on judging_set (state, kind);
comment on column judging_set.version is 'The task version that its submissions are judged under. Null = the board: each under its own.';
comment on column judging_set.seeds is 'JSON array of numbers, one a run. Null = those of the recipe: public ones on the board, the sealed ones in a final.';
comment on column judging_set.priority is 'Of its runs: 0 = in turn with the contestants'' own, more = behind them.';
comment on column judging_set.choice is 'JSON: how its submissions were chosen, as it was asked for. Null = by the server.';
comment on column judging_set.applied_seq is 'From the sequence settled_seq: since then its judgings are on the board. Null = not applied, or the set board, whose judgings are on the board since they settled.';
comment on column judging_set.ended is 'When it was applied or dropped; null = neither.';

create table judging_set_member (
    judging_set uuid not null references judging_set (id),
    submission uuid not null references submission (id),
    variant varchar(40) not null,
    primary key (judging_set, submission, variant)
);
create index judging_set_member_by_submission on judging_set_member (submission);
comment on table judging_set_member is 'What a set judges, fixed when the set is made; a loop opens the judgings. The set board has none: it takes every submission.';

alter table judging add column gone_seq bigint;
create index judging_by_settled_seq on judging (task, settled_seq);
create index judging_by_gone_seq on judging (task, gone_seq);
create index judging_by_set on judging (judging_set, state);
comment on column judging.gone_seq is 'From the sequence settled_seq: since then it is not on the board any more. Null = it is, or never was.';

create table final_choice (
    team uuid not null references team (id),
    submission uuid not null references submission (id),
    account uuid not null references account (id),
    at timestamp with time zone not null,
    primary key (team, submission)
);
comment on table final_choice is 'The submissions, at most two, that a team sends into the final. None = its best on the board.';

create table team_shown (
    team uuid not null references team (id),
    seq bigint not null,
    task uuid not null references task (id),
    name varchar(40) not null,
    primary key (team, seq)
);
create index team_shown_by_task on team_shown (task, seq);
comment on table team_shown is 'The name that a team has on the board from a number of the sequence settled_seq on, so that a board of the past can be computed again.';

drop table board_snapshot;
create table board_snapshot (
    task uuid not null references task (id),
    board varchar(16) not null check (board in ('public', 'final')),
    seq bigint not null,
    version int not null,
    digest varchar(64) not null,
    blob varchar(64) not null references blob (digest),
    at timestamp with time zone not null,
    primary key (task, board, seq),
    foreign key (task, version) references task_version (task, n)
);
create index board_snapshot_by_blob on board_snapshot (blob);
comment on table board_snapshot is 'A board as it was shown from settled_seq on; computing it again must give the same digest.';
comment on column board_snapshot.digest is 'SHA-256 of the JSON that was answered.';
comment on column board_snapshot.blob is 'The JSON, gzipped.';
