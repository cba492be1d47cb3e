-- Files that visitors and operators send, and nudges: messages that come before the visitor has asked anything.

create table files (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    conversation_id bigint not null references conversations (id) on delete cascade,
    -- None until a message takes the file along.
    message_id bigint references messages (id) on delete cascade,
    -- 128 random bits and an ending: the last part of its address, and of its place in storage.
    name text not null unique,
    filename text not null,
    content_type text not null,
    size bigint not null,
    -- `user` or `operator`
    uploader text not null,
    -- 0 until the bytes are in storage.
    stored bigint not null default 0,
    created_at bigint not null
);
create index files_by_conversation on files (conversation_id, id);
create index files_by_site on files (site_id, id);
create index files_by_message on files (message_id);
create index files_by_age on files (account_id, created_at);

create table nudges (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    text text not null,
    enabled bigint not null,
    -- With `*` for any characters; empty means every page.
    url_pattern text not null,
    seconds_on_page bigint not null,
    first_visit bigint not null,
    -- `any`, `open`, `closed`: while the site's business hours say so.
    business_hours text not null,
    max_per_visitor bigint not null,
    pause_hours bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index nudges_by_site on nudges (site_id, id);
create index nudges_by_account on nudges (account_id, id);

-- One nudge for one conversation.
create table nudge_showings (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    conversation_id bigint not null references conversations (id) on delete cascade,
    visitor_id bigint not null references visitors (id) on delete cascade,
    -- None for what an operator wrote to this visitor.
    nudge_id bigint references nudges (id) on delete cascade,
    text text not null,
    -- When the poll fetched it.
    polled_at bigint,
    created_at bigint not null
);
create index nudge_showings_by_conversation on nudge_showings (conversation_id, polled_at);
create index nudge_showings_by_visitor on nudge_showings (visitor_id, nudge_id, created_at);
create index nudge_showings_by_nudge on nudge_showings (nudge_id);
