//! An owner's desk: an account with a site, visitors who write, and something of theirs in every table.

use crate::caller::Person;
use crate::support::TestApp;
use parlance::core::actor::Visitor;
use parlance::core::answer::turn;
use parlance::core::conversation;
use parlance::core::file::{self, Incoming, Takes};
use parlance::core::knowledge::{self, New};
use parlance::core::session::{self, Arrival};
use parlance::core::{contact, nudge, rating, ticket};
use parlance::store;
use parlance::store::contact::Contact;
use serde_json::{Value, json};
use shared::nudge::NudgeRequest;
use shared::widget::EscalationTrigger;
use sqlx::Row;
use sqlx::any::AnyPoolOptions;
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
    conversation::reply(app, &owner.operator, &spelling, "Here I am".into(), None)
        .await
        .unwrap();
    rating::rate(app, &visitor, 5, Some("Good".into()))
        .await
        .unwrap();
    let left = Contact {
        email: Some("grace@example.com".into()),
        name: None,
        phone: None,
    };
    contact::leave(app, &visitor, left).await.unwrap();
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
                store::job::insert(transaction, &job, 0).await
            })
        })
        .await
        .unwrap();
    (visitor, item.id)
}

/// Rows of every table there is, but for the log of migrations.
pub async fn counts(app: &TestApp) -> BTreeMap<String, i64> {
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .connect(&app.config.database_url)
        .await
        .unwrap();
    let tables = match app.db.engine() {
        "sqlite" => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        }
        _ => {
            "select table_name::text as name from information_schema.tables where table_schema = current_schema()"
        }
    };
    let mut counts = BTreeMap::new();
    for row in sqlx::query(tables).fetch_all(&pool).await.unwrap() {
        let table: String = row.get("name");
        if table.starts_with('_') || matches!(table.as_str(), "auth_sessions" | "instance") {
            continue;
        }
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
        counts.insert(table, count);
    }
    pool.close().await;
    counts
}
