-- To whom a conversation has been mailed (addresses in lower case), so that nobody is mailed too much.
create table transcript_letters (
    id integer primary key autoincrement,
    account_id bigint not null,
    conversation_id bigint not null references conversations (id) on delete cascade,
    email text not null,
    created_at bigint not null
);
create index transcript_letters_by_conversation on transcript_letters (conversation_id);
create index transcript_letters_by_address on transcript_letters (account_id, email, created_at);
