-- The tables of the conversation core. Times are epoch milliseconds, flags 0 or 1, JSON is TEXT.
-- The PostgreSQL file of the same name differs only in how ids and bytes are spelled.

create table instance (
    key text primary key,
    value text not null
);

create table accounts (
    id integer primary key autoincrement,
    name text not null,
    plan text not null default 'free',
    active bigint not null default 1,
    -- Identity tokens are verified with this secret, kept encrypted under the instance key.
    kyc_secret blob,
    kyc_previous_secret blob,
    kyc_rotated_at bigint,
    -- Counters that only move inside the transaction that uses them.
    last_ticket bigint not null default 0,
    last_event bigint not null default 0,
    created_at bigint not null
);

create table users (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    email text not null unique,
    password_hash text not null,
    name text not null,
    role text not null,
    verified_at bigint,
    created_at bigint not null
);
create index users_by_account on users (account_id, id);

-- A dashboard token is valid while its row exists; the id is the token's `jti`.
create table auth_sessions (
    id text primary key,
    user_id bigint not null references users (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null
);
create index auth_sessions_by_user on auth_sessions (user_id);

create table sites (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    slug text not null unique,
    name text not null,
    settings text not null,
    enabled bigint not null default 1,
    demo bigint not null default 0,
    -- Moves with every change of what the assistant knows, so that replicas drop their cached index.
    knowledge_version bigint not null default 0,
    created_at bigint not null,
    updated_at bigint not null
);
create index sites_by_account on sites (account_id, id);

create table visitors (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    slug text not null unique,
    external_id text,
    name text,
    email text,
    phone text,
    blocked_at bigint,
    blocked_reason text,
    created_at bigint not null,
    last_seen_at bigint not null
);
create unique index visitors_by_external_id on visitors (site_id, external_id);

create table conversations (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    visitor_id bigint not null references visitors (id) on delete cascade,
    slug text not null unique,
    session_key text not null,
    mode text not null,
    assignee_id bigint references users (id) on delete set null,
    locale text,
    page_url text,
    referrer text,
    parent_origin text,
    last_seq bigint not null default 0,
    last_message_at bigint not null,
    preview text not null default '',
    preview_role text,
    unread_count bigint not null default 0,
    visitor_read_seq bigint not null default 0,
    operator_read_seq bigint not null default 0,
    waiting_since bigint,
    closed_at bigint,
    created_at bigint not null
);
create unique index conversations_by_session on conversations (site_id, session_key);
create index conversations_by_activity on conversations (account_id, last_message_at, id);
create index conversations_by_visitor on conversations (visitor_id);

create table messages (
    id integer primary key autoincrement,
    account_id bigint not null,
    conversation_id bigint not null references conversations (id) on delete cascade,
    seq bigint not null,
    role text not null,
    author_id bigint,
    author_name text,
    content text not null,
    status text not null,
    client_id text,
    answer_id text,
    sources text,
    files text,
    feedback text,
    feedback_reason text,
    created_at bigint not null
);
create unique index messages_by_seq on messages (conversation_id, seq);
create unique index messages_by_client_id on messages (conversation_id, client_id);
create unique index messages_by_answer on messages (conversation_id, answer_id);

create table tickets (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    conversation_id bigint not null references conversations (id) on delete cascade,
    number bigint not null,
    trigger_kind text not null,
    user_note text,
    created_at bigint not null,
    resolved_at bigint
);
create unique index tickets_by_number on tickets (account_id, number);
create index tickets_by_conversation on tickets (conversation_id, id);

create table ratings (
    conversation_id bigint primary key references conversations (id) on delete cascade,
    account_id bigint not null,
    site_id bigint not null,
    score bigint not null,
    comment text,
    created_at bigint not null,
    updated_at bigint not null
);

create table contacts (
    conversation_id bigint primary key references conversations (id) on delete cascade,
    account_id bigint not null,
    visitor_id bigint not null references visitors (id) on delete cascade,
    name text,
    email text,
    phone text,
    created_at bigint not null,
    updated_at bigint not null
);

-- Durable events. `id` counts per account and is taken inside the writing transaction, so that a reader's
-- cursor can never jump over an event that commits later.
create table events (
    account_id bigint not null references accounts (id),
    id bigint not null,
    conversation_id bigint not null references conversations (id) on delete cascade,
    for_visitor bigint not null,
    kind text not null,
    -- Events about a message name it; its text is read from there, so that erasing it erases it everywhere.
    message_id bigint references messages (id) on delete cascade,
    payload text,
    created_at bigint not null,
    primary key (account_id, id)
);
create index events_by_conversation on events (conversation_id, id);
create index events_by_message on events (message_id);

create table jobs (
    id integer primary key autoincrement,
    kind text not null,
    account_id bigint not null,
    conversation_id bigint references conversations (id) on delete cascade,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null default 0,
    locked_by text,
    locked_until bigint,
    -- Set when the tries are used up: the job rests, visibly.
    failed_at bigint,
    last_error text,
    created_at bigint not null
);
create index jobs_due on jobs (failed_at, run_at);
create index jobs_by_conversation on jobs (conversation_id);

create table knowledge_items (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    kind text not null,
    title text not null,
    source text,
    content text not null,
    characters bigint not null,
    passages bigint not null,
    created_at bigint not null
);
create index knowledge_items_by_site on knowledge_items (site_id, id);

create table knowledge_passages (
    id integer primary key autoincrement,
    item_id bigint not null references knowledge_items (id) on delete cascade,
    site_id bigint not null references sites (id) on delete cascade,
    position bigint not null,
    heading text not null,
    content text not null
);
create index knowledge_passages_by_site on knowledge_passages (site_id, id);
create index knowledge_passages_by_item on knowledge_passages (item_id, position);

-- First results of creating requests, so that a resend gets the same answer.
create table idempotency_keys (
    scope text not null,
    key text not null,
    fingerprint text not null,
    status bigint,
    body text,
    created_at bigint not null,
    primary key (scope, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
