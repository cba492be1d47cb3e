//! An owner's desk: an account with a site, visitors who write, and something of theirs in every table.

use crate::caller::Person;
use crate::support::TestApp;
use parlance::core::actor::Visitor;
use parlance::core::answer::turn;
use parlance::core::conversation;
use parlance::core::file::{self, Incoming, Takes};
use parlance::core::knowledge::{self, New};
use parlance::core::session::{self, Arrival};
use parlance::core::{activity, contact, nudge, rating, ticket, webhook};
use parlance::store;
use parlance::store::contact::Contact;
use serde_json::{Value, json};
use shared::activity::TrackRequest;
use shared::conversation::ReplyRequest;
use shared::nudge::NudgeRequest;
use shared::webhook::{CreateWebhookRequest, WebhookEvent};
use shared::widget::EscalationTrigger;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row};
use std::collections::BTreeMap;

/// An owner with a site whose people answer themselves.
pub async fn house(app: &TestApp) -> (Person, Value) {
    let owner = Person::owner(app, "ada@example.com").await;
    let bot = owner
        .call(app, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let quiet = json!({"siteId": bot["id"], "aiMode": "delay", "aiReplyDelaySec": 600});
    owner
        .call(app, "PATCH", "/api/sites", &quiet)
        .await
        .expect(200);
    (owner, bot)
}

pub fn chatbot_id(bot: &Value) -> String {
    bot["public_id"].as_str().unwrap().replace("ch_", "bot_")
}

pub async fn visitor(app: &TestApp, bot: &Value) -> Visitor {
    let site = {
        let mut connection = app.db.read().await.unwrap();
        store::site::by_id(&mut connection, bot["id"].as_i64().unwrap())
            .await
            .unwrap()
            .unwrap()
    };
    session::begin(app, site, Arrival::default()).await.unwrap()
}

pub async fn says(app: &TestApp, visitor: &Visitor, text: &str) {
    turn::ask(app, visitor, text.into(), None).await.unwrap();
}

/// What an operator replies, in words alone.
pub fn words(text: &str) -> ReplyRequest {
    ReplyRequest {
        message: text.into(),
        ..ReplyRequest::default()
    }
}

pub fn path(visitor: &Visitor, rest: &str) -> String {
    format!(
        "/api/conversations/conv_{}{rest}",
        visitor.conversation.slug
    )
}

/// Something in every table that belongs to a site.
pub async fn furnish(app: &TestApp, owner: &Person, site_id: i64) -> (Visitor, i64) {
    let site = {
        let mut connection = app.db.read().await.unwrap();
        store::site::by_id(&mut connection, site_id)
            .await
            .unwrap()
            .unwrap()
    };
    let qa = New::Qa {
        question: "What?".into(),
        answer: "This.".into(),
    };
    let item = knowledge::add(app, &site, qa).await.unwrap();
    parlance::core::scrape::start(app, &site, "https://example.com/", None)
        .await
        .unwrap();
    let visitor = session::begin(app, site, session::Arrival::default())
        .await
        .unwrap();
    ticket::escalate(
        app,
        &visitor,
        EscalationTrigger::UserRequest,
        Some("Help".into()),
    )
    .await
    .unwrap();
    let spelling = format!("conv_{}", visitor.conversation.slug);
    conversation::reply(app, &owner.operator, &spelling, words("Here I am"))
        .await
        .unwrap();
    rating::rate(app, &visitor, 5, Some("Good".into()))
        .await
        .unwrap();
    let left = Contact {
        email: Some("grace@example.com".into()),
        ..Contact::default()
    };
    contact::leave(app, &visitor, left).await.unwrap();
    let done = TrackRequest {
        name: "Put into the cart".into(),
        ..TrackRequest::default()
    };
    activity::track(app, &visitor, done).await.unwrap();
    let text = Incoming {
        filename: "note.txt".into(),
        bytes: "A note".into(),
    };
    file::upload(app, &visitor, Takes::Documents, text)
        .await
        .unwrap();
    let rule = NudgeRequest {
        chatbot_id: Some(format!("bot_{}", visitor.site.slug)),
        text: Some("Need a hand?".into()),
        ..NudgeRequest::default()
    };
    nudge::create(app, &owner.operator, rule).await.unwrap();
    let visitor_id = visitor.conversation.visitor_id.to_string();
    nudge::send(app, &owner.operator, &visitor_id, "Hello there".into())
        .await
        .unwrap();
    let (account_id, conversation_id) = (owner.operator.account_id, visitor.conversation.id);
    let tags = ["vip".to_owned()];
    app.db
        .write(move |transaction| {
            Box::pin(async move {
                let job = store::job::NewJob {
                    kind: "answer",
                    account_id,
                    conversation_id: Some(conversation_id),
                    payload: "1",
                    run_at: i64::MAX,
                    lease: None,
                };
                store::job::insert(transaction, &job, 0).await?;
                let to = "grace@example.com";
                store::transcript_letter::insert(transaction, account_id, conversation_id, to, 0)
                    .await?;
                store::tag::replace(transaction, account_id, conversation_id, &tags, 0).await?;
                let scope = format!("POST /somewhere {site_id}");
                let site = Some(site_id);
                store::idempotency::reserve(transaction, &scope, "key", "print", site, 0).await
            })
        })
        .await
        .unwrap();
    (visitor, item.id)
}

/// A webhook that is told everything. Its name leads to where nothing may be sent, so every try fails at once.
pub async fn webhook(app: &TestApp, owner: &Person) -> i64 {
    let request = CreateWebhookRequest {
        url: "http://localhost/hook".into(),
        events: WebhookEvent::ALL.to_vec(),
        description: None,
        enabled: None,
    };
    webhook::create(app, &owner.operator, request)
        .await
        .unwrap()
        .id
}

async fn pool(app: &TestApp) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(1)
        .connect(&app.config.database_url)
        .await
        .unwrap()
}

/// Every table there is, but for the log of migrations.
async fn tables(app: &TestApp, pool: &AnyPool) -> Vec<String> {
    let tables = match app.db.engine() {
        "sqlite" => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        }
        _ => {
            "select table_name::text as name from information_schema.tables where table_schema = current_schema()"
        }
    };
    let rows = sqlx::query(tables).fetch_all(pool).await.unwrap();
    let names = rows.iter().map(|row| row.get::<String, _>("name"));
    names.filter(|name| !name.starts_with('_')).collect()
}

/// Rows of every table that requests write to; signing in does not count.
pub async fn counts(app: &TestApp) -> BTreeMap<String, i64> {
    let pool = pool(app).await;
    let mut counts = BTreeMap::new();
    for table in tables(app, &pool).await {
        if matches!(table.as_str(), "auth_sessions" | "instance") {
            continue;
        }
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
        counts.insert(table, count);
    }
    pool.close().await;
    counts
}

/// Every row of every table, as text: for what must be nowhere.
pub async fn everything(app: &TestApp) -> String {
    let pool = pool(app).await;
    let mut text = String::new();
    for table in tables(app, &pool).await {
        let rows = match app.db.engine() {
            "sqlite" => sqlite_rows(&pool, &table).await,
            _ => format!("select cast(t as text) as line from {table} t"),
        };
        for row in sqlx::query(sqlx::AssertSqlSafe(rows))
            .fetch_all(&pool)
            .await
            .unwrap()
        {
            text.push_str(&row.get::<String, _>("line"));
            text.push('\n');
        }
    }
    pool.close().await;
    text
}

/// A statement that gives the rows of a table of SQLite as text.
async fn sqlite_rows(pool: &AnyPool, table: &str) -> String {
    let columns = format!("select name from pragma_table_info('{table}')");
    let columns = sqlx::query(sqlx::AssertSqlSafe(columns))
        .fetch_all(pool)
        .await
        .unwrap();
    let columns: Vec<String> = columns
        .iter()
        .map(|row| {
            let name = row.get::<String, _>("name");
            // Bytes are no text; PostgreSQL shows them in hexadecimal by itself.
            format!("case typeof({name}) when 'blob' then hex({name}) else coalesce(cast({name} as text), '') end")
        })
        .collect();
    format!(
        "select {} as line from {table}",
        columns.join(" || ' ' || ")
    )
}

/// Runs a statement behind the program's back.
pub async fn execute(app: &TestApp, statement: &str) {
    store::execute_for_tests(&app.config.database_url, statement)
        .await
        .unwrap();
}
