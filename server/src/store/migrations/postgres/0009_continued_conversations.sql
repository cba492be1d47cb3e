-- A visitor's public id is no secret: what tells that two conversations are of one browser is that the later was begun
-- with the session key of the earlier. This names the first one of such a row.
alter table conversations add column continues_id bigint;
