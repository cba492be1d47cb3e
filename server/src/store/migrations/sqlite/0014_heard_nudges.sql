-- When a live channel brought it. What is older went to whoever listened then, and is not brought up again.
alter table nudge_showings add column heard_at bigint;
update nudge_showings set heard_at = created_at;
create index nudge_showings_unheard on nudge_showings (conversation_id) where heard_at is null;
