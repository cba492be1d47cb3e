-- Webhooks: where an account wants to hear of its conversations, what is to be delivered, and every try.
-- The PostgreSQL file of the same name differs only in how ids and bytes are spelled.

create table webhook_endpoints (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    url text not null,
    description text,
    -- JSON: the names of the events it wants.
    events text not null,
    enabled bigint not null default 1,
    disabled_at bigint,
    -- Set where it was not switched off by hand.
    disabled_reason text,
    -- Since when every try has failed.
    failing_since bigint,
    -- Encrypted under the instance key. After a rotation the one before signs along for a while.
    secret blob not null,
    previous_secret blob,
    rotated_at bigint,
    created_at bigint not null,
    updated_at bigint not null
);
create index webhook_endpoints_by_account on webhook_endpoints (account_id, enabled, id);

create table webhook_deliveries (
    id integer primary key autoincrement,
    account_id bigint not null references accounts (id),
    endpoint_id bigint not null references webhook_endpoints (id) on delete cascade,
    conversation_id bigint not null references conversations (id) on delete cascade,
    -- The message that the payload holds the text of: erasing it erases the payload.
    message_id bigint references messages (id) on delete cascade,
    -- `webhook-id`: the same for every try.
    event_id text not null,
    event text not null,
    payload text not null,
    status text not null,
    -- All tries, and those since the schedule began (again).
    attempts bigint not null default 0,
    tries bigint not null default 0,
    -- None while an earlier one of the same conversation is pending, and once it is over.
    next_attempt_at bigint,
    -- Sent again by hand: outside the order of its conversation.
    replayed bigint not null default 0,
    locked_by text,
    locked_until bigint,
    created_at bigint not null,
    finished_at bigint
);
create index webhook_deliveries_due on webhook_deliveries (status, next_attempt_at);
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, status, id);
create index webhook_deliveries_in_order on webhook_deliveries (endpoint_id, conversation_id, status, id);
create index webhook_deliveries_by_conversation on webhook_deliveries (conversation_id);
create index webhook_deliveries_by_message on webhook_deliveries (message_id);
create index webhook_deliveries_by_worker on webhook_deliveries (locked_by);

create table webhook_attempts (
    id integer primary key autoincrement,
    delivery_id bigint not null references webhook_deliveries (id) on delete cascade,
    number bigint not null,
    started_at bigint not null,
    duration bigint not null,
    -- JSON: address and headers of what was sent; status, headers and the start of what came back.
    request text not null,
    response text,
    failure text
);
create index webhook_attempts_by_delivery on webhook_attempts (delivery_id, id);

create index jobs_due_by_kind on jobs (kind, failed_at, run_at);
