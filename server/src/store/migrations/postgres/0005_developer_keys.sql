-- Keys of the developer surface, and conversations that only try out a prompt.
-- The SQLite file of the same name differs only in how bytes are spelled.

-- An account's key, which makes sites. Only its hash is kept.
create table developer_keys (
    key_hash text primary key,
    account_id bigint not null references accounts (id) on delete cascade,
    created_at bigint not null
);
create index developer_keys_by_account on developer_keys (account_id);

-- A site's key. It can be shown again, so it is kept encrypted under the instance key; the hash finds it.
create table site_keys (
    site_id bigint primary key references sites (id) on delete cascade,
    account_id bigint not null references accounts (id),
    key_hash text not null unique,
    encrypted_key bytea not null,
    created_at bigint not null
);

-- Test chats are kept out of the inbox, of webhooks and of statistics.
alter table conversations add column is_test bigint not null default 0;
