//! The demo site and who comes to own it.

use crate::caller::{Caller, Person};
use crate::desk::words;
use crate::support::{Engine, TestApp, on_both};
use futures_util::StreamExt;
use parlance::core::account::{self, setup};
use parlance::core::actor::Operator;
use parlance::core::answer::ask;
use parlance::core::conversation::{self, Filter};
use parlance::core::knowledge::{self, Listing, New};
use parlance::core::session::{self, Arrival};
use parlance::core::{demo, site, stream, ticket};
use parlance::store;
use parlance::store::site::Site;
use serde_json::json;
use shared::account::SetupRequest;
use shared::event::Event;
use shared::knowledge::AskReply;
use shared::widget::EscalationTrigger;

async fn demo_site(app: &TestApp) -> Option<Site> {
    let mut connection = app.db.read().await.unwrap();
    store::site::demo(&mut connection).await.unwrap()
}

async fn set_up(app: &TestApp) -> Operator {
    let token = setup::prepare(app).await.unwrap().unwrap();
    let request = SetupRequest {
        token,
        email: "ada@example.com".into(),
        password: "correct horse battery".into(),
        name: Some("Ada".into()),
    };
    let opened = setup::set_up(app, request).await.unwrap();
    account::authenticate(app, &opened.token).await.unwrap()
}

async fn titles(app: &TestApp, site: &Site) -> Vec<String> {
    let page = knowledge::list(app, site, &Listing::default())
        .await
        .unwrap();
    page.data.into_iter().map(|item| item.title).collect()
}

on_both!(a_first_start_makes_a_demo_that_knows_the_guides, |app| {
    demo::prepare(app).await.unwrap();
    let site = demo_site(app).await.unwrap();
    let guides = titles(app, &site).await;
    assert!(guides.contains(&"Language models".to_owned()), "{guides:?}");
    assert!(
        setup::prepare(app).await.unwrap().is_some(),
        "the demo's account has nobody"
    );

    demo::prepare(app).await.unwrap();
    let again = demo_site(app).await.unwrap();
    assert_eq!(
        (again.id, again.knowledge_version),
        (site.id, site.knowledge_version)
    );
});

/// One line of the list: a question, and what its answer must and must not have.
struct Asked<'a> {
    question: &'a str,
    /// None where the guides do not have the answer.
    must: Option<Vec<&'a str>>,
    must_not: Vec<&'a str>,
}

fn newcomers() -> impl Iterator<Item = Asked<'static>> {
    let lines = include_str!("answers/newcomers.txt").lines();
    let parts = |field: &'static str| {
        let parts = field.split('&').map(str::trim);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    lines
        .filter(|line| !line.starts_with('#'))
        .map(move |line| {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            let [question, must, must_not] = fields[..] else {
                panic!("not a question: {line}");
            };
            Asked {
                question,
                must: Some(parts(must)).filter(|_| must != "-"),
                must_not: parts(must_not),
            }
        })
}

/// What is wrong with an answer, if anything.
fn fault(asked: &Asked<'_>, answer: &AskReply) -> Option<String> {
    let has = |part: &&str| answer.reply.contains(*part);
    match &asked.must {
        None if answer.confident => Some("answered".into()),
        None if !answer.sources.is_empty() => Some("cited".into()),
        None => None,
        Some(_) if !answer.confident => Some("not answered".into()),
        Some(_) if answer.sources.is_empty() => Some("cites nothing".into()),
        Some(must) => {
            let missing = must.iter().find(|part| !has(part));
            let unwanted = asked.must_not.iter().find(|part| has(part));
            missing
                .map(|part| format!("lacks {part}"))
                .or_else(|| unwanted.map(|part| format!("has {part}")))
        }
    }
}

#[tokio::test]
async fn the_demo_answers_what_newcomers_ask_and_nothing_else() {
    let app = TestApp::new(Engine::Sqlite).await;
    demo::prepare(&app).await.unwrap();
    let mut owner = set_up(&app).await;
    let spelling = demo_site(&app).await.unwrap().id.to_string();
    let (mut poor, mut answered, mut refused) = (Vec::new(), 0, 0);
    for asked in newcomers() {
        // Each of these people tries a few times a minute; all questions together are many.
        owner.user_id += 1;
        let answer = ask::ask(&app, &owner, &spelling, asked.question.into())
            .await
            .unwrap();
        match &asked.must {
            Some(_) => answered += 1,
            None => refused += 1,
        }
        if let Some(fault) = fault(&asked, &answer) {
            poor.push(format!("{}: {fault}\n    {}", asked.question, answer.reply));
        }
    }
    assert!(answered >= 75 && refused >= 20, "{answered}, {refused}");
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

on_both!(
    whoever_sets_up_owns_the_demo_and_what_was_said_there,
    |app| {
        demo::prepare(app).await.unwrap();
        let site = demo_site(app).await.unwrap();
        let visitor = session::begin(app, site.clone(), Arrival::default())
            .await
            .unwrap();
        let before = ticket::escalate(app, &visitor, EscalationTrigger::UserRequest, None)
            .await
            .unwrap();
        assert_eq!(before.ticket_number, "ESC-1");

        let owner = set_up(app).await;
        let sites = site::list(app, &owner).await.unwrap();
        assert_eq!(
            sites.iter().map(|site| site.id).collect::<Vec<_>>(),
            [site.id]
        );
        let me = account::me(app, &owner).await.unwrap();
        assert_eq!(me.tenant_name, "Ada");
        assert!(!titles(app, &sites[0]).await.is_empty());

        let page = conversation::list(app, &owner, &Filter::default(), 10)
            .await
            .unwrap();
        assert_eq!(page.data[0].number, visitor.conversation.id);
        assert_eq!(page.data[0].ticket_number.as_deref(), Some("ESC-1"));
        let replayed: Vec<_> = stream::operators(app, owner.account_id, Some(0))
            .take(2)
            .map(|delivery| delivery.unwrap().event.kind())
            .collect()
            .await;
        assert_eq!(replayed, ["message", "mode"]);

        // The visitor goes on where they were, and the owner's reply reaches them.
        let visitor = app.fresh(&visitor).await;
        let cursor = stream::present(app, owner.account_id).await.unwrap();
        conversation::reply(
            app,
            &owner,
            &format!("conv_{}", visitor.conversation.slug),
            words("Hello!"),
        )
        .await
        .unwrap();
        let said = stream::visitor(app, owner.account_id, visitor.conversation.id, Some(cursor))
            .filter_map(|delivery| async move {
                match &*delivery.unwrap().event {
                    Event::Message { message } => Some(message.content.clone()),
                    _ => None,
                }
            });
        tokio::pin!(said);
        assert_eq!(said.next().await.as_deref(), Some("Hello!"));

        let other = session::begin(app, sites[0].clone(), Arrival::default())
            .await
            .unwrap();
        let next = ticket::escalate(app, &other, EscalationTrigger::UserRequest, None)
            .await
            .unwrap();
        assert_eq!(next.ticket_number, "ESC-2", "numbers go on");
    }
);

#[tokio::test]
async fn an_account_made_by_command_leaves_the_demo_where_it_is() {
    let app = TestApp::new(Engine::Sqlite).await;
    demo::prepare(&app).await.unwrap();
    let owner = Person::owner(&app, "ada@example.com").await;
    assert_eq!(owner.get(&app, "/bots").await.expect(200), json!([]));
    let demo = demo_site(&app).await.unwrap();
    owner
        .get(&app, &format!("/bots/ch_{}", demo.slug))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_deleted_demo_stays_away() {
    let app = TestApp::new(Engine::Sqlite).await;
    demo::prepare(&app).await.unwrap();
    let owner = set_up(&app).await;
    let demo = demo_site(&app).await.unwrap();
    site::delete(&app, &owner, &demo.id.to_string())
        .await
        .unwrap();
    demo::prepare(&app).await.unwrap();
    assert!(demo_site(&app).await.is_none());
    Caller::NOBODY
        .get(&app, &format!("/widget/config?bot_id=ch_{}", demo.slug))
        .await
        .expect(404);
}

#[tokio::test]
async fn new_guides_replace_old_ones_but_not_an_owners_work() {
    let app = TestApp::new(Engine::Sqlite).await;
    demo::prepare(&app).await.unwrap();
    let site = demo_site(&app).await.unwrap();
    let guides = titles(&app, &site).await;
    let forget = |version: i64| {
        let known = format!("of-another-version {version}");
        app.db.write(move |transaction| {
            Box::pin(async move { store::instance::put(transaction, "demo_guides", &known).await })
        })
    };

    forget(site.knowledge_version).await.unwrap();
    demo::prepare(&app).await.unwrap();
    let refreshed = demo_site(&app).await.unwrap();
    assert!(refreshed.knowledge_version > site.knowledge_version);
    assert_eq!(
        titles(&app, &refreshed).await,
        guides,
        "none is there twice"
    );

    let mine = New::Qa {
        question: "Mine?".into(),
        answer: "Mine.".into(),
    };
    knowledge::add(&app, &refreshed, mine).await.unwrap();
    forget(refreshed.knowledge_version).await.unwrap();
    demo::prepare(&app).await.unwrap();
    assert!(titles(&app, &refreshed).await.contains(&"Mine?".to_owned()));
}
