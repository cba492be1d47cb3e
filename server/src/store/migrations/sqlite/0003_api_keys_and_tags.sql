-- API keys of an account, and tags of conversations.
-- The PostgreSQL file of the same name differs only in how ids are spelled.

-- A key acts in the name of the person who made it, with that person's role, and ends with them.
create table api_keys (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    user_id bigint not null references users (id) on delete cascade,
    name text not null,
    key_hash text not null unique,
    -- The last characters, by which people tell their keys apart.
    hint text not null,
    -- Names, separated by spaces.
    scopes text not null,
    last_used_at bigint,
    expires_at bigint,
    created_at bigint not null
);
create index api_keys_by_account on api_keys (account_id, id);
create index api_keys_by_user on api_keys (user_id);

create table conversation_tags (
    conversation_id bigint not null references conversations (id) on delete cascade,
    account_id bigint not null,
    tag text not null,
    created_at bigint not null,
    primary key (conversation_id, tag)
);
create index conversation_tags_by_tag on conversation_tags (account_id, tag, conversation_id);

-- The same tags in the conversation's own row, as a JSON list, for showing them; always written together.
alter table conversations add column tags text not null default '[]';

-- What a remembered reply tells of a site goes with the site.
alter table idempotency_keys add column site_id bigint references sites (id) on delete cascade;
create index idempotency_keys_by_site on idempotency_keys (site_id);

-- The caller's own name of a visitor (S1 `visitorId`).
alter table visitors add column client_id text;
create unique index visitors_by_client_id on visitors (site_id, client_id);
