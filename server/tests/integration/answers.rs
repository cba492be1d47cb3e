//! The built-in answerer: how well it answers, and what it says where it does not.

use crate::support::{Engine, TestApp, on_both};
use futures_util::StreamExt;
use parlance::core::answer::compose::{Finish, Part, Question, compose};
use parlance::core::knowledge::{self, New};
use parlance::store;
use parlance::store::site::Site;
use shared::message::{Message, MessageStatus, Role};
use shared::site::{Disclosure, SiteSettings};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub async fn site_knowing(app: &TestApp, settings: SiteSettings, news: Vec<New>) -> Site {
    let owner = app.owner("anna@acme.example").await;
    let site = app.site(&owner, settings).await;
    knowledge::replace_all(app, &site, news).await.unwrap();
    let mut connection = app.db.read().await.unwrap();
    store::site::by_id(&mut connection, site.id)
        .await
        .unwrap()
        .unwrap()
}

fn said_before(content: &str) -> Message {
    Message {
        id: 1,
        seq: 1,
        role: Role::User,
        content: content.into(),
        author: None,
        created_at: String::new(),
        status: MessageStatus::Complete,
        answer_id: None,
        client_id: None,
        sources: Vec::new(),
        files: Vec::new(),
        feedback: None,
        edited_at: None,
        removed_at: None,
    }
}

pub async fn ask_in(
    app: &TestApp,
    site: &Site,
    locale: Option<&str>,
    before: Option<&str>,
    text: &str,
) -> (Vec<String>, Finish) {
    let question = Question {
        site: site.clone(),
        text: text.into(),
        history: before.map(said_before).into_iter().collect(),
        locale: locale.map(str::to_owned),
    };
    let mut parts = compose(app, question);
    let mut said = Vec::new();
    loop {
        match parts.next().await.unwrap().unwrap() {
            Part::Text(text) => said.push(text),
            Part::Finished(finish) => return (said, finish),
        }
    }
}

async fn ask(app: &TestApp, site: &Site, text: &str) -> (String, Finish) {
    let (said, finish) = ask_in(app, site, None, None, text).await;
    (said.concat(), finish)
}

fn document(path: &PathBuf) -> New {
    New::Document {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: std::fs::read(path).unwrap(),
    }
}

/// The documents a line of the question list names.
fn documents(names: &str) -> Vec<New> {
    if names != "docs" {
        let path = |name: &str| folder(&format!("tests/integration/answers/{name}.md"));
        return names.split(',').map(|name| document(&path(name))).collect();
    }
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder("../docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths.iter().map(document).collect()
}

struct Line<'a> {
    before: Option<&'a str>,
    question: &'a str,
    /// None where the texts do not have the answer.
    expected: Option<&'a str>,
}

/// The share of questions that must come out right. The misses are paraphrases that share no word with the text.
const ANSWERED: f64 = 0.9;
const REFUSED: f64 = 0.95;

#[tokio::test]
async fn questions_are_answered_from_the_texts_or_honestly_not() {
    let list = std::fs::read_to_string(folder("tests/integration/answers/questions.txt")).unwrap();
    let mut sites: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [texts, before, question, expected] = fields[..] else {
            panic!("not a question: {line}");
        };
        sites.entry(texts).or_default().push(Line {
            before: Some(before).filter(|before| !before.is_empty()),
            question,
            expected: Some(expected).filter(|expected| *expected != "-"),
        });
    }
    let (mut answered, mut answerable, mut refused, mut unanswerable) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for (texts, lines) in sites {
        let app = TestApp::new(Engine::of_run()).await;
        let site = site_knowing(&app, SiteSettings::default(), documents(texts)).await;
        for line in lines {
            let (said, finish) = ask_in(&app, &site, None, line.before, line.question).await;
            let said = said.concat();
            let right = match line.expected {
                Some(expected) => finish.confident && said.contains(expected),
                None => !finish.confident && finish.sources.is_empty(),
            };
            match line.expected {
                Some(_) => (answerable, answered) = (answerable + 1, answered + i32::from(right)),
                None => (unanswerable, refused) = (unanswerable + 1, refused + i32::from(right)),
            }
            if !right {
                wrong.push(format!("{}\n    {said}", line.question));
            }
        }
    }
    let report = format!(
        "{answered} of {answerable} answered, {refused} of {unanswerable} refused; wrong:\n{}",
        wrong.join("\n")
    );
    assert!(answerable + unanswerable >= 100, "{report}");
    assert!(
        f64::from(answered) >= ANSWERED * f64::from(answerable),
        "{report}"
    );
    assert!(
        f64::from(refused) >= REFUSED * f64::from(unanswerable),
        "{report}"
    );
}

fn qa(question: &str, answer: &str) -> New {
    New::Qa {
        question: question.into(),
        answer: answer.into(),
    }
}

fn text(content: &str) -> New {
    New::Text {
        title: None,
        source: Some("https://acme.example/about".into()),
        content: content.into(),
    }
}

on_both!(
    a_written_answer_goes_before_a_passage_and_is_given_as_it_is,
    |app| {
        let answer = "Up to **30 days**:\n\n- with the bill\n- unused";
        let news = vec![
            qa("How long can I return an order?", answer),
            text(
                "# Returns\n\nReturn an order in the shop. How long a return takes depends on the carrier.",
            ),
        ];
        let site = site_knowing(app, SiteSettings::default(), news).await;
        for question in [
            "How long can I return an order?",
            "how long can orders be returned",
            "return an ordr how long",
        ] {
            let (said, finish) = ask(app, &site, question).await;
            assert_eq!(said, answer, "{question}");
            assert_eq!(finish.sources[0].title, "How long can I return an order?");
        }
        // Made of words that say nothing, and still found by its wording.
        let site = site_knowing_more(app, &site, qa("Who are you?", "We are Acme.")).await;
        assert_eq!(ask(app, &site, "who are YOU").await.0, "We are Acme.");
    }
);

async fn site_knowing_more(app: &TestApp, site: &Site, new: New) -> Site {
    knowledge::add(app, site, new).await.unwrap();
    let mut connection = app.db.read().await.unwrap();
    store::site::by_id(&mut connection, site.id)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn lists_and_code_are_quoted_whole_and_every_quote_is_numbered() {
    let app = TestApp::new(Engine::of_run()).await;
    let content = "# Set up\n\n## Install\n\nFirst of all you need a machine with Linux and at least one gigabyte of memory, which every host offers today. Then run these two commands in a terminal of that machine, as any user who may write to the folder:\n\n```sh\nmake build\nmake run\n```\n\nAfter a minute the page opens by itself in the browser that is set as the default.\n\n## Colours\n\nColours are changed under Settings.\n";
    let site = site_knowing(&app, SiteSettings::default(), vec![text(content)]).await;
    let (said, finish) = ask(&app, &site, "How do I install it?").await;
    assert!(said.contains("```sh\nmake build\nmake run\n```"), "{said}");
    assert!(said.ends_with("[1]"), "{said}");
    assert_eq!(finish.sources.len(), 1);
    let source = &finish.sources[0];
    assert_eq!(
        (source.number, source.title.as_str()),
        (1, "Set up › Install")
    );
    assert_eq!(source.url.as_deref(), Some("https://acme.example/about"));
    assert!(
        source
            .excerpt
            .as_deref()
            .unwrap()
            .starts_with("First of all")
    );
}

/// Ten passages that all name the brand, as a customer's help pages do.
fn help_of_acme(introduction: &str) -> Vec<New> {
    let topics = [
        ("Returns", "Acme takes back every lamp within thirty days."),
        ("Shipping", "Acme ships lamps from Bergen by post."),
        ("Paying", "Acme takes Visa and invoices."),
        ("Warranty", "Acme repairs a broken switch for five years."),
        ("Cleaning", "Wipe an Acme lamp with a dry cloth."),
        ("Bulbs", "An Acme lamp takes bulbs with an E27 socket."),
        (
            "Assembly",
            "Acme encloses a key and a drawing of each step.",
        ),
        ("Recycling", "Acme takes old lamps back in its shop."),
        ("Careers", "Acme looks for an electrician."),
    ];
    let sections = topics.map(|(heading, said)| format!("## {heading}\n\n{said}\n\n"));
    vec![text(&format!("{introduction}{}", sections.concat()))]
}

#[tokio::test]
async fn what_is_everywhere_is_only_answered_by_what_introduces_it() {
    for introduction in [
        "# Acme\n\nAcme makes lamps by hand.\n\n",
        "# About us\n\nWe are Acme and make lamps by hand.\n\n",
        "# Welcome\n\n## What is Acme?\n\nA workshop that makes lamps by hand.\n\n",
    ] {
        let app = TestApp::new(Engine::of_run()).await;
        let site = site_knowing(&app, SiteSettings::default(), help_of_acme(introduction)).await;
        for question in ["What is Acme?", "acme", "tell me about Acme"] {
            let (said, finish) = ask(&app, &site, question).await;
            assert!(finish.confident, "{question} {introduction}");
            assert!(said.contains("by hand"), "{question} {said}");
            assert!(!said.contains("thirty days"), "{question} {said}");
        }
    }
    let app = TestApp::new(Engine::of_run()).await;
    let site = site_knowing(&app, SiteSettings::default(), help_of_acme("")).await;
    for question in ["What is Acme?", "acme", "Who is the president of Acme?"] {
        let (said, finish) = ask(&app, &site, question).await;
        assert!(!finish.confident && finish.sources.is_empty(), "{said}");
    }
    let (said, finish) = ask(&app, &site, "Does Acme repair a broken switch?").await;
    assert!(finish.confident && said.contains("five years"), "{said}");
}

#[tokio::test]
async fn words_of_several_rows_or_of_a_program_are_no_statement() {
    let app = TestApp::new(Engine::of_run()).await;
    let content = "# Reference\n\n## Codes\n\n| code | meaning |\n|---|---|\n| E1 | Some letters are missing. |\n| E2 | Your parcel was sent back. |\n| E3 | The robots are asleep. |\n\n## Example\n\nThis is how a script begins:\n\n```js\nconst volcano = erupt(glacier);\n```\n";
    let site = site_knowing(&app, SiteSettings::default(), vec![text(content)]).await;
    for question in [
        "Are letters sent by robots?",
        "Can a volcano erupt below a glacier?",
    ] {
        let (said, finish) = ask(&app, &site, question).await;
        assert!(!finish.confident && finish.sources.is_empty(), "{said}");
    }
    let (said, finish) = ask(&app, &site, "What does E2 mean?").await;
    assert!(finish.confident && said.contains("sent back"), "{said}");
}

#[tokio::test]
async fn an_answer_comes_in_pieces() {
    let app = TestApp::new(Engine::of_run()).await;
    let content =
        "Parcels leave at noon. Parcels to Norway take two days. Parcels to Canada take nine days.";
    let site = site_knowing(&app, SiteSettings::default(), vec![text(content)]).await;
    let (pieces, _) = ask_in(&app, &site, None, None, "When do parcels leave?").await;
    assert!(pieces.len() > 1, "{pieces:?}");
    assert_eq!(pieces.concat(), format!("{content} [1]"));
}

#[tokio::test]
async fn sources_are_disclosed_as_the_site_wants() {
    let app = TestApp::new(Engine::of_run()).await;
    let knows = vec![text("# Hours\n\nWe open at nine.")];
    let site = site_knowing(&app, SiteSettings::default(), knows).await;
    let with = |sources: &str, allowed: Option<Vec<i64>>| {
        let mut site = site.clone();
        site.settings.disclosure = Disclosure {
            sources: sources.into(),
            allowed_documents: allowed,
        };
        site
    };
    let titles = ask(&app, &with("titles", None), "When do you open?").await;
    assert_eq!(titles.0, "We open at nine. [1]");
    assert_eq!(
        (&titles.1.sources[0].url, &titles.1.sources[0].excerpt),
        (&None, &None)
    );
    for hidden in [with("none", None), with("full", Some(Vec::new()))] {
        let (said, finish) = ask(&app, &hidden, "When do you open?").await;
        assert_eq!(said, "We open at nine.");
        assert!(finish.sources.is_empty() && finish.confident);
    }
}

#[tokio::test]
async fn a_miss_is_honest_offers_a_person_and_speaks_the_visitors_language() {
    let app = TestApp::new(Engine::of_run()).await;
    let settings = SiteSettings {
        contact_email: "help@acme.example".into(),
        ..SiteSettings::default()
    };
    let mut site = site_knowing(&app, settings, vec![text("We sell tents.")]).await;
    for (locale, part) in [
        (None, "Talk to a human"),
        (Some("de-CH"), "Mit einem Menschen sprechen"),
        (Some("fr"), "Parler à une personne"),
        (Some("es-MX"), "Hablar con una persona"),
    ] {
        let (said, finish) = ask_in(&app, &site, locale, None, "Quantum chromodynamics?").await;
        let said = said.concat();
        assert!(
            said.contains(part) && said.contains("help@acme.example"),
            "{said}"
        );
        assert!(!finish.confident && finish.sources.is_empty());
    }
    site.settings.language = "de".into();
    for (locale, part) in [
        (None, "Mit einem Menschen sprechen"),
        (Some("tlh"), "Mit einem Menschen sprechen"),
        (Some("fr"), "Parler à une personne"),
    ] {
        let (said, finish) = ask_in(&app, &site, locale, None, "Can I talk to a human?").await;
        assert!(said.concat().contains(part), "{locale:?}");
        assert!(finish.confident && finish.sources.is_empty());
    }
    assert!(ask(&app, &site, "Danke!").await.1.confident);
}

#[tokio::test]
async fn a_site_that_knows_nothing_says_so() {
    let app = TestApp::new(Engine::of_run()).await;
    let site = site_knowing(&app, SiteSettings::default(), Vec::new()).await;
    let (said, finish) = ask(&app, &site, "What do you sell?").await;
    assert!(!finish.confident && said.contains("Talk to a human"));
    for odd in ["?", "...", "🎉", "the of and", &"word ".repeat(200)] {
        assert!(!ask(&app, &site, odd).await.0.is_empty(), "{odd}");
    }
}
