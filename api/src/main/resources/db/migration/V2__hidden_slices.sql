alter table run add column slices text;
comment on column run.slices is 'Accuracy by metadata of the hidden test, by fold, as JSON; told to nobody while the contest runs. Null until scored.';
