-- The latest version of the site's consent text that a visitor agreed to, and when they first did.
alter table visitors add column consent_version bigint;
alter table visitors add column consented_at bigint;
