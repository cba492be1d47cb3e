-- Readings of whole sites into a chatbot's knowledge. A job named by the row's id does the work.
-- The PostgreSQL file of the same name differs only in how ids are spelled.

create table scrapes (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    site_id bigint not null references sites (id) on delete cascade,
    url text not null,
    status text not null,
    reason text,
    max_pages bigint not null,
    pages_read bigint not null default 0,
    pages_failed bigint not null default 0,
    created_at bigint not null,
    finished_at bigint
);
create index scrapes_by_site on scrapes (site_id, id);

-- A page of the web is looked up by its address when it is read again.
create index knowledge_items_by_source on knowledge_items (site_id, kind, source);
