//! What a site's assistant knows: adding, listing, removing, and that the next question sees it.

use crate::support::{TestApp, on_both};
use futures_util::StreamExt;
use parlance::core::actor::Operator;
use parlance::core::answer::compose::{Finish, Part, Question, compose};
use parlance::core::knowledge::{self, Listing, New};
use parlance::store;
use parlance::store::site::Site;
use shared::account::UserRole;
use shared::error::ErrorCode;
use shared::knowledge::KnowledgeKind;
use shared::site::SiteSettings;

async fn site(app: &TestApp) -> (Operator, Site) {
    let owner = app.owner("anna@acme.example").await;
    let site = app.site(&owner, SiteSettings::default()).await;
    (owner, site)
}

fn qa(question: &str, answer: &str) -> New {
    New::Qa {
        question: question.into(),
        answer: answer.into(),
    }
}

fn document(name: &str, text: &str) -> New {
    New::Document {
        name: name.into(),
        bytes: text.as_bytes().to_vec(),
    }
}

async fn ask(app: &TestApp, site: &Site, text: &str) -> (String, Finish) {
    let site = {
        let mut connection = app.db.read().await.unwrap();
        store::site::by_id(&mut connection, site.id)
            .await
            .unwrap()
            .unwrap()
    };
    let question = Question {
        site,
        text: text.into(),
        history: Vec::new(),
        locale: None,
    };
    let mut parts = compose(app, question);
    let mut said = String::new();
    loop {
        match parts.next().await.unwrap().unwrap() {
            Part::Text(text) => said.push_str(&text),
            Part::Finished(finish) => return (said, finish),
        }
    }
}

on_both!(
    what_is_added_answers_and_what_is_removed_no_longer_does,
    |app| {
        let (owner, site) = site(app).await;
        let (_, before) = ask(app, &site, "Do you ship to Canada?").await;
        assert!(!before.confident);
        let answer = "Yes. Parcels to Canada take *five* days.";
        let item = knowledge::add(app, &site, qa("Do you ship to Canada?", answer))
            .await
            .unwrap();
        assert_eq!((item.kind, item.passages), (KnowledgeKind::Qa, 1));
        let (said, finish) = ask(app, &site, "do you ship to canada").await;
        assert_eq!(said, answer);
        assert!(finish.confident && !finish.fallback);
        assert_eq!(finish.answered_by, "built-in");
        assert_eq!(finish.sources[0].title, "Do you ship to Canada?");
        knowledge::remove(app, &owner, item.id).await.unwrap();
        let (_, after) = ask(app, &site, "Do you ship to Canada?").await;
        assert!(!after.confident && after.sources.is_empty());
    }
);

on_both!(an_uploaded_document_is_quoted_with_its_heading, |app| {
    let (owner, site) = site(app).await;
    let text = "\u{feff}---\ntitle: x\n---\n# Handbook\n\n## Returns\n\nYou can send anything back within 30 days. Use the label in the box.\n\n## Gift cards\n\nGift cards never expire.\n";
    let item = knowledge::add(app, &site, document("handbook.md", text))
        .await
        .unwrap();
    assert_eq!((item.passages, item.title.as_str()), (2, "handbook.md"));
    let (said, finish) = ask(app, &site, "When do gift cards expire?").await;
    assert_eq!(said, "Gift cards never expire. [1]");
    assert_eq!(finish.sources[0].title, "Handbook › Gift cards");
    let whole = knowledge::show(app, &owner, item.id).await.unwrap();
    assert!(whole.content.unwrap().contains("30 days"));
});

on_both!(lists_go_on_and_can_be_searched, |app| {
    let (_, site) = site(app).await;
    for number in 0..5 {
        knowledge::add(app, &site, qa(&format!("Question 100%_{number}"), "Answer"))
            .await
            .unwrap();
    }
    let mut seen = Vec::new();
    let mut listing = Listing {
        limit: Some(2),
        ..Listing::default()
    };
    loop {
        let page = knowledge::list(app, &site, &listing).await.unwrap();
        assert!(page.data.iter().all(|item| item.content.is_none()));
        seen.extend(page.data.into_iter().map(|item| item.title));
        match page.next_cursor {
            Some(cursor) => listing.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0], "Question 100%_4");
    let found = |q: &str| Listing {
        q: Some(q.into()),
        ..Listing::default()
    };
    let one = knowledge::list(app, &site, &found("100%_3")).await.unwrap();
    assert_eq!(one.data.len(), 1);
    assert_eq!(one.data[0].chatbot_id, format!("bot_{}", site.slug));
    let none = knowledge::list(app, &site, &found("100__3")).await.unwrap();
    assert!(
        none.data.is_empty(),
        "signs of the pattern are taken as they are"
    );
});

on_both!(nobody_reaches_what_belongs_to_another_account, |app| {
    let (owner, site) = site(app).await;
    let item = knowledge::add(app, &site, qa("Secret?", "Yes."))
        .await
        .unwrap();
    let stranger = app.owner("eve@other.example").await;
    let clerk = app
        .member(
            Some(owner.account_id),
            "bob@acme.example",
            UserRole::Operator,
        )
        .await;
    let code = |result: parlance::error::Result<()>| result.expect_err("refused").code;
    assert_eq!(
        code(knowledge::show(app, &stranger, item.id).await.map(drop)),
        ErrorCode::NotFound
    );
    assert_eq!(
        code(knowledge::remove(app, &stranger, item.id).await),
        ErrorCode::NotFound
    );
    assert_eq!(
        code(knowledge::remove(app, &clerk, item.id).await),
        ErrorCode::ForbiddenRole
    );
    assert!(knowledge::show(app, &owner, item.id).await.is_ok());
});

on_both!(replacing_everything_is_all_or_nothing, |app| {
    let (_, site) = site(app).await;
    knowledge::add(app, &site, qa("Old?", "Old."))
        .await
        .unwrap();
    let broken = vec![qa("New?", "New."), qa("", "No question.")];
    let refused = knowledge::replace_all(app, &site, broken).await;
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("question"));
    assert_eq!(ask(app, &site, "Old?").await.0, "Old.");
    knowledge::replace_all(app, &site, vec![qa("New?", "New.")])
        .await
        .unwrap();
    assert_eq!(ask(app, &site, "New?").await.0, "New.");
    assert!(!ask(app, &site, "Old?").await.1.confident);
});

on_both!(what_cannot_be_kept_is_refused_by_its_field, |app| {
    let (_, site) = site(app).await;
    let text = |content: &str, title: Option<&str>| New::Text {
        title: title.map(str::to_owned),
        source: None,
        content: content.into(),
    };
    for (new, field) in [
        (qa("", "a"), "question"),
        (qa("a", " "), "content"),
        (qa("a\0", "a"), "question"),
        (qa(&"q".repeat(1_001), "a"), "question"),
        (text("a\u{7}", None), "content"),
        (text("<!-- only -->", None), "content"),
        (text("a", Some("two\nlines")), "title"),
        (document("a.pdf", "text"), "file"),
        (document("a.md", ""), "file"),
        (document(&"n".repeat(201), "text"), "file"),
    ] {
        let error = knowledge::add(app, &site, new).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::ValidationFailed);
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let page = knowledge::list(app, &site, &Listing::default())
        .await
        .unwrap();
    assert!(page.data.is_empty());
});
