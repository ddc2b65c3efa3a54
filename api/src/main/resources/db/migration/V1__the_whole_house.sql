-- The same file runs on H2 (MODE=PostgreSQL) and on PostgreSQL: no arrays, no partial indexes, JSON as text.
-- Times are written by the server from its own clock; nothing decides by comparing a stored time with now, save phases, quota and expiry.

create table house (
    setting varchar(64) primary key,
    content text not null
);
comment on table house is 'Facts about this installation, such as mode = demo or production.';

create table instance (
    id uuid primary key,
    host varchar(255) not null,
    boot_id varchar(64) not null,
    pid bigint not null,
    pid_ticks bigint not null,
    started timestamp with time zone not null,
    seen timestamp with time zone not null
);
comment on table instance is 'One row for each start of a server process.';
comment on column instance.boot_id is 'Of the machine, with its process namespace: only there do process numbers mean anything.';
comment on column instance.pid_ticks is 'When the process started, in clock ticks since the boot; with pid it tells the server from a later process. -1 = not known.';
comment on column instance.seen is 'Moves while the server lives. Others watch it change by their own monotonic clocks and never compare it with now.';

create table account (
    id uuid primary key,
    name varchar(40) not null,
    name_folded varchar(80) not null unique,
    email varchar(254),
    email_folded varchar(254) unique,
    password varchar(255),
    issuer varchar(255),
    subject varchar(255),
    house_role varchar(16) not null check (house_role in ('contestant', 'administrator')),
    may_create_tasks boolean not null,
    state varchar(16) not null check (state in ('active', 'closed')),
    created timestamp with time zone not null,
    unique (issuer, subject)
);
comment on table account is 'A person.';
comment on column account.name_folded is 'The name as it is compared: normalized and lower case.';
comment on column account.password is 'Argon2id; null = signs in elsewhere (issuer, subject).';

create table token (
    digest varchar(64) primary key,
    id uuid not null unique,
    account uuid not null references account (id),
    kind varchar(16) not null check (kind in ('session', 'api')),
    name varchar(80) not null,
    scope varchar(16) not null,
    created timestamp with time zone not null,
    expires timestamp with time zone not null,
    revoked timestamp with time zone
);
create index token_by_account on token (account, kind);
comment on table token is 'Browser sessions and tokens of scripts. The token itself is nowhere, only its SHA-256.';
comment on column token.id is 'What the owner names a token by; the digest never leaves the database.';
comment on column token.revoked is 'Null = still good until it expires.';

create table blob (
    digest varchar(64) primary key,
    bytes bigint not null,
    kind varchar(16) not null,
    created timestamp with time zone not null
);
comment on table blob is 'A file in the blob folder, named by the SHA-256 of its content. Foreign keys on this table are the only gc roots.';
comment on column blob.kind is 'What it was first stored as: task, pack, hidden, public, strategy, weights, correct, board, log.';

create table task (
    id uuid primary key,
    slug varchar(63) not null unique,
    title varchar(200) not null,
    organizer uuid not null references account (id),
    access varchar(16) not null check (access in ('public', 'invited')),
    state varchar(16) not null check (state in ('draft', 'open', 'paused', 'closed')),
    current_version int,
    created timestamp with time zone not null
);
comment on table task is 'A contest. What it measures is in its versions.';
comment on column task.slug is 'The name in task.yaml, which is also the name in the address.';
comment on column task.title is 'Of the current version.';
comment on column task.current_version is 'Null only inside the transaction that publishes the first version.';

create table task_version (
    task uuid not null references task (id),
    n int not null,
    digest varchar(64) not null unique,
    document text not null,
    counts text not null,
    datasheet text not null,
    initial_weights varchar(64) not null,
    file_blob varchar(64) not null references blob (digest),
    pack_blob varchar(64) not null references blob (digest),
    hidden_blob varchar(64) not null references blob (digest),
    public_blob varchar(64) not null references blob (digest),
    sealed_seeds text,
    seeds_hash varchar(64),
    published timestamp with time zone not null,
    primary key (task, n)
);
alter table task add constraint task_current_version foreign key (id, current_version) references task_version (task, n);
comment on table task_version is 'Immutable. An edit of a task is a new version.';
comment on column task_version.digest is 'The task digest that the evaluator made: over everything that is frozen.';
comment on column task_version.document is 'TaskFile as JSON.';
comment on column task_version.counts is 'TaskFile.Counts as JSON.';
comment on column task_version.datasheet is 'Markdown as the organizer wrote it; empty = none.';
comment on column task_version.initial_weights is 'Digest of the frozen initial weights file.';
comment on column task_version.file_blob is 'The archive as it was uploaded.';
comment on column task_version.pack_blob is 'task.zip: what train needs.';
comment on column task_version.hidden_blob is 'hidden.zip: given to score commands alone.';
comment on column task_version.public_blob is 'public.zip: what contestants download.';
comment on column task_version.sealed_seeds is 'Secret seeds of the final, encrypted; null = not drawn yet.';
comment on column task_version.seeds_hash is 'Published at the start, so that the seeds cannot be chosen later.';

create table team (
    id uuid primary key,
    task uuid not null references task (id),
    name varchar(40) not null,
    name_folded varchar(80) not null,
    kind varchar(16) not null check (kind in ('team', 'baseline')),
    frozen_at timestamp with time zone,
    created timestamp with time zone not null,
    unique (task, name_folded)
);
comment on table team is 'Who competes in a task; a person alone is a team of one. Its row is the lock under which quota is spent.';
comment on column team.kind is 'baseline = the organizer''s own entries: on the board without a rank, and without quota.';
comment on column team.frozen_at is 'Null = members may still change.';

create table member (
    task uuid not null references task (id),
    account uuid not null references account (id),
    team uuid not null references team (id),
    primary key (task, account)
);
create index member_by_team on member (team);
comment on table member is 'One team a person a task.';

create table checked_strategy (
    account uuid not null references account (id),
    task uuid not null,
    version int not null,
    strategy_digest varchar(64) not null,
    blob varchar(64) not null references blob (digest),
    report text not null,
    checked_at timestamp with time zone not null,
    primary key (account, task, version, strategy_digest),
    foreign key (task, version) references task_version (task, n)
);
create index checked_strategy_by_blob on checked_strategy (blob);
comment on table checked_strategy is 'A sound strategy that an account had checked, so that it can be submitted by digest. Forgotten by gc after a while.';
comment on column checked_strategy.report is 'CheckReport as JSON.';

create table submission (
    id uuid primary key,
    seq bigint generated by default as identity unique,
    number int not null,
    team uuid not null references team (id),
    task uuid not null,
    version int not null,
    account uuid not null references account (id),
    blob varchar(64) not null references blob (digest),
    strategy_digest varchar(64) not null,
    title varchar(200) not null,
    report text not null,
    upload_began timestamp with time zone not null,
    accepted timestamp with time zone not null,
    withdrawn timestamp with time zone,
    unique (team, number),
    foreign key (task, version) references task_version (task, n)
);
create index submission_by_blob on submission (blob);
create index submission_by_strategy on submission (team, version, strategy_digest);
create index submission_by_task on submission (task, version, seq);
comment on table submission is 'One upload of one strategy by one team. Immutable, save that it may be withdrawn.';
comment on column submission.seq is 'Order of acceptance in the whole house.';
comment on column submission.number is 'The team''s own count in this task, from 1.';
comment on column submission.strategy_digest is 'Over names and contents of the strategy''s files: the same strategy zipped twice has one digest.';
comment on column submission.report is 'CheckReport as JSON: what the strategy changes.';
comment on column submission.upload_began is 'Deadlines compare with this, so a slow upload is not late.';
comment on column submission.withdrawn is 'Null = not withdrawn. Set by a cancel before the judging was settled.';

create table quota_entry (
    submission uuid not null references submission (id),
    kind varchar(16) not null check (kind in ('charge', 'refund')),
    team uuid not null references team (id),
    task uuid not null references task (id),
    at timestamp with time zone not null,
    reason varchar(200) not null,
    primary key (submission, kind)
);
create index quota_entry_by_team on quota_entry (team, at);
comment on table quota_entry is 'The ledger. At most one charge and one refund a submission; a refund undoes the charge as if it had not been.';

create table idempotency (
    account uuid not null references account (id),
    request_key varchar(200) not null,
    request_digest varchar(64) not null,
    status int,
    location varchar(400),
    at timestamp with time zone not null,
    primary key (account, request_key)
);
comment on table idempotency is 'What a POST with an Idempotency-Key made, so that a repeat is answered with the same.';
comment on column idempotency.request_digest is 'Of method and path and body: the same key with another request is refused.';

create table judging_set (
    id uuid primary key,
    task uuid not null references task (id),
    kind varchar(16) not null check (kind in ('board', 'final', 'rejudge', 'tryout', 'ablation')),
    state varchar(16) not null check (state in ('open', 'previewed', 'applied', 'dropped')),
    actor uuid references account (id),
    reason varchar(400) not null,
    created timestamp with time zone not null
);
create index judging_set_by_task on judging_set (task, kind);
comment on table judging_set is 'Why judgings were made; applied or dropped as a whole. Each task has one set of kind board, applied from the start.';
comment on column judging_set.actor is 'Null = the server itself.';

create table judging (
    id uuid primary key,
    submission uuid not null references submission (id),
    task uuid not null,
    version int not null,
    judging_set uuid not null references judging_set (id),
    variant varchar(40) not null,
    state varchar(16) not null check (state in ('waiting', 'running', 'waiting-on-us', 'settled', 'cancelled')),
    verdict varchar(16) check (verdict in ('scored', 'rejected')),
    document text,
    fault varchar(400),
    settled_seq bigint unique,
    valid boolean not null,
    superseded_by uuid references judging (id),
    created timestamp with time zone not null,
    settled timestamp with time zone,
    unique (submission, task, version, judging_set, variant),
    foreign key (task, version) references task_version (task, n),
    check ((state = 'settled' and verdict is not null) or (state <> 'settled' and verdict is null))
);
create index judging_by_state on judging (state, created);
create index judging_by_task on judging (task, version, verdict);
comment on table judging is 'One judgement of one submission under one task version, in one judging set. Settled under a lock on its row.';
comment on column judging.variant is 'Tells ablations of one submission apart; empty on the board.';
comment on column judging.document is 'JSON of the result: {"problems": […]} when rejected, {"validation": …, "notes": […]} when scored; null until settled.';
comment on column judging.fault is 'Why it waits on us, in words for the contestant; null = it does not.';
comment on column judging.settled_seq is 'Order of settling in the whole house; a board is a cache keyed by the largest of its task. Null until settled.';
comment on column judging.valid is 'False = not on the board any more, or not yet (a set that is only previewed).';

create sequence settled_seq;
comment on sequence settled_seq is 'Numbers for judging.settled_seq.';

create table run (
    id uuid primary key,
    judging uuid not null references judging (id),
    seed_index int not null,
    seed bigint not null,
    state varchar(16) not null check (state in ('waiting', 'running', 'done', 'held', 'cancelled')),
    attempts int not null,
    failures int not null,
    not_before timestamp with time zone not null,
    priority bigint not null,
    weights_blob varchar(64) references blob (digest),
    correct_blob varchar(64) references blob (digest),
    trained text,
    unique (judging, seed_index)
);
create index run_by_weights on run (weights_blob);
create index run_by_correct on run (correct_blob);
create index run_queue on run (state, priority, not_before);
comment on table run is 'One seed of one judging.';
comment on column run.seed is 'What the job is given; fixed when the run is opened.';
comment on column run.attempts is 'Attempts begun; the next is number attempts + 1.';
comment on column run.failures is 'Attempts that count towards the three: faults limit, ours and lost.';
comment on column run.not_before is 'Back-off: not claimed before this time.';
comment on column run.priority is 'Smaller is sooner.';
comment on column run.weights_blob is 'Final weights; not null = training is done and a new attempt only scores.';
comment on column run.correct_blob is 'Which hidden samples were right, a bit each.';
comment on column run.trained is 'JobResult.Trained as JSON, kept for attempts that only score; null until trained.';

create table attempt (
    run uuid not null references run (id),
    n int not null,
    kind varchar(16) not null check (kind in ('full', 'score')),
    open_key uuid unique,
    state varchar(16) not null check (state in ('starting', 'running', 'ended')),
    runner varchar(16) not null,
    instance uuid not null references instance (id),
    session varchar(64),
    phase varchar(16) not null check (phase in ('starting', 'train', 'trained', 'score', 'ended')),
    beat bigint not null,
    epoch int not null,
    epochs int not null,
    seconds_left double precision,
    heard_at timestamp with time zone,
    pid bigint,
    pid_ticks bigint,
    job_uid varchar(80),
    weights_blob varchar(64) references blob (digest),
    started timestamp with time zone not null,
    ended timestamp with time zone,
    fault varchar(16) check (fault in ('none', 'contestant', 'limit', 'ours', 'organizer', 'never-started', 'server-died', 'lost', 'cancelled')),
    detail varchar(2000),
    train_digest varchar(64),
    score_digest varchar(64),
    report text,
    fingerprint text,
    log text,
    primary key (run, n)
);
create index attempt_by_instance on attempt (instance, state);
create index attempt_by_weights on attempt (weights_blob);
comment on table attempt is 'One try at a run = one job. Its number and session fence every write of the job.';
comment on column attempt.open_key is 'The run while open, else null: so a run has at most one open attempt.';
comment on column attempt.session is 'Given to the command that started; null = none has. The score command gets a new one.';
comment on column attempt.beat is 'A counter; expiry watches it change by each server''s own monotonic clock.';
comment on column attempt.heard_at is 'For display only.';
comment on column attempt.pid_ticks is 'When the child started, in clock ticks since the boot: tells it from another process that got its number later.';
comment on column attempt.job_uid is 'Of the Kubernetes Job; null = a local child.';
comment on column attempt.fault is 'Null while open. Only limit, ours and lost count towards the three.';
comment on column attempt.weights_blob is 'What this attempt stored, before its result says that training is done.';
comment on column attempt.train_digest is 'SHA-256 of the accepted result of the train command, so that a repeat is answered; null = not delivered in this attempt.';
comment on column attempt.score_digest is 'The same for the score command.';
comment on column attempt.report is 'JSON: {"seconds": …, "notes": …} as the commands told.';
comment on column attempt.fingerprint is 'JSON: where it ran.';
comment on column attempt.log is 'The last 64 KB of what the command printed.';

create table metric (
    run uuid not null references run (id),
    fold varchar(16) not null check (fold in ('public', 'private', 'validation')),
    name varchar(40) not null,
    metric_version int not null,
    measured double precision not null,
    primary key (run, fold, name)
);
comment on table metric is 'What a run scored. metric_version names the definition that computed it.';

create table curve (
    run uuid not null references run (id),
    n int not null,
    epoch int not null,
    body text not null,
    primary key (run, n, epoch)
);
comment on table curve is 'CurvePoint as JSON, one a finished epoch of an attempt.';

create table board_snapshot (
    task uuid not null references task (id),
    seq bigint not null,
    digest varchar(64) not null,
    blob varchar(64) not null references blob (digest),
    primary key (task, seq)
);
comment on table board_snapshot is 'A board as it was shown at settled_seq; computing it again must give the same digest.';

create table outbox (
    id uuid primary key,
    dedupe varchar(200) not null unique,
    kind varchar(40) not null,
    target varchar(400) not null,
    body text not null,
    state varchar(16) not null check (state in ('waiting', 'sent', 'given-up')),
    next_at timestamp with time zone not null,
    tries int not null
);
create index outbox_queue on outbox (state, next_at);
comment on table outbox is 'Notices to be sent, written in the transaction of the fact that they tell.';

create table audit (
    seq bigint generated by default as identity primary key,
    at timestamp with time zone not null,
    actor uuid references account (id),
    act varchar(80) not null,
    object varchar(200) not null,
    detail text not null
);
comment on table audit is 'Who did what. Only ever appended to.';
comment on column audit.actor is 'Null = the server itself.';
