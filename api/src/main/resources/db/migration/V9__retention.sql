insert into house (setting, content) values ('collecting', 'who deletes blobs, or takes a backup, locks this row');
comment on column run.weights_blob is 'Final weights; not null = training is done and a new attempt only scores. Null = not trained yet, or long settled and dropped by gc.';
comment on column attempt.weights_blob is 'What this attempt stored, before its result says that training is done. Dropped by gc when the attempt has ended: the run has them.';
comment on column attempt.log is 'The last 64 KB of what the command printed. Null = printed nothing, or dropped by gc after a while.';
