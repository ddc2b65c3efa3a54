alter table task_version add column training_digest varchar(64);
comment on column task_version.training_digest is 'Over everything that is frozen but the hidden test. Null = published before this was kept.';

alter table run add column trained_in uuid references run (id);
comment on column run.trained_in is 'The run of another judging whose training this one took over, with its weights; null = its own.';
