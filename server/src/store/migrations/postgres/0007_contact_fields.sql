-- What a site's own form asked before the conversation (order number, company, …): a JSON object of texts by name.
alter table contacts add column fields text not null default '{}';
