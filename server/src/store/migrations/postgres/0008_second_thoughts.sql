-- A visitor may change a message or take it back for a few seconds. A message that was taken back keeps its place.
alter table messages add column edited_at bigint;
alter table messages add column removed_at bigint;
