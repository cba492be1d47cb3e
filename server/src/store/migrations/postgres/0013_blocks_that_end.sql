-- When a block ends by itself; null: it does not. It is judged when it is looked at, so no job has to end it.
alter table visitors add column blocked_until bigint;
