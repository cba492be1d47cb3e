-- What a site's own pages tell of a visitor: a JSON object of texts by name, and a JSON list of the latest things done.
create table visitor_activity (
    visitor_id bigint primary key references visitors (id) on delete cascade,
    account_id bigint not null,
    attributes text not null,
    events text not null,
    updated_at bigint not null
);
