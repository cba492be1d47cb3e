//! What only a browser can tell: that hostile answers stay inert, that values cross from JavaScript whole, and that
//! the composer obeys the keyboard.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use leptos::mount::mount_to;
use leptos::prelude::*;
use serde::Serialize;
use shared::conversation::{Mode, Rating};
use shared::event::{Event, Typist};
use shared::message::{Author, FileReference, Message, MessageStatus, Role, Source, Thumb};
use shared::site::SiteSettings;
use shared::widget::{ChatEvent, HistoryReply, WidgetConfig};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit};
use widget::chat::Chat;
use widget::config::Config;
use widget::i18n::{self, Text};
use widget::markdown::{parse::parse, view};
use widget::wire;

wasm_bindgen_test_configure!(run_in_browser);

fn place() -> HtmlElement {
    let place = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&place).unwrap();
    place.unchecked_into()
}

fn count(parent: &Element, selector: &str) -> u32 {
    parent.query_selector_all(selector).unwrap().length()
}

/// Lets effects run and frames pass.
async fn settle() {
    for _ in 0..2 {
        let frame = js_sys::Promise::new(&mut |resolve, _| {
            window().request_animation_frame(&resolve).unwrap();
        });
        JsFuture::from(frame).await.unwrap();
    }
}

// --- Markdown ---

fn rendered(text: &str, sources: &[Source], is_open: bool) -> HtmlElement {
    let place = place();
    view::show(
        &mut view::Shown::default(),
        &place,
        parse(text, is_open),
        sources,
        is_open,
    );
    place
}

const HOSTILE: &[&str] = &[
    "<script>window.broken = 1</script>",
    "<img src=x onerror=\"window.broken = 1\">",
    "<svg onload=window.broken=1><iframe srcdoc='<script>parent.broken=1</script>'>",
    "[x](javascript:window.broken=1) [y](JaVaScRiPt:window.broken=1) [z](data:text/html,<script>1</script>)",
    "[x](java\u{0}script:alert(1)) [y](\u{1}javascript:alert(1)) [z](vbscript:x)",
    "![x](javascript:window.broken=1) ![y](https://evil.test/track.png) ![z](data:image/svg+xml,<svg/onload=1>)",
    "<javascript:window.broken=1> <https://ok.test\" onmouseover=\"window.broken=1>",
    "[a](https://ok.test/\"onclick=\"window.broken=1) [b](https://ok.test '><script>1</script>')",
    "`<img src=x onerror=1>`\n\n```html\"><script>window.broken=1</script>\n<img src=x onerror=1>\n```",
    "| <img src=x onerror=1> | b |\n|---|---|\n| <script>1</script> | [x](javascript:1) |",
    "> - > 1. **[*<b onclick=1>*](javascript:1)** ~~<style>*{display:none}</style>~~",
    "[1](javascript:1) [<img src=x>][2] <base href=https://evil.test> <form action=https://evil.test><input>",
];

#[wasm_bindgen_test]
async fn hostile_answers_stay_inert() {
    let allowed = [
        "P",
        "H3",
        "STRONG",
        "EM",
        "S",
        "CODE",
        "PRE",
        "DIV",
        "SPAN",
        "UL",
        "OL",
        "LI",
        "BLOCKQUOTE",
        "TABLE",
        "TR",
        "TH",
        "TD",
        "A",
        "BUTTON",
        "BR",
        "HR",
    ];
    let allowed_attributes = [
        "class",
        "dir",
        "href",
        "target",
        "rel",
        "start",
        "type",
        "tabindex",
        "data-copy",
    ];
    for text in HOSTILE {
        for end in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
            let place = rendered(&text[..end], &[], true);
            let all = place.query_selector_all("*").unwrap();
            for index in 0..all.length() {
                let element: Element = all.get(index).unwrap().unchecked_into();
                assert!(
                    allowed.contains(&element.tag_name().as_str()),
                    "{} in {text:?}",
                    element.tag_name()
                );
                for name in element
                    .get_attribute_names()
                    .iter()
                    .filter_map(|name| name.as_string())
                {
                    assert!(
                        allowed_attributes.contains(&name.as_str()),
                        "{name} in {text:?}"
                    );
                }
                if let Some(address) = element.get_attribute("href") {
                    assert!(
                        address.starts_with("https://") || address.starts_with("mailto:"),
                        "{address}"
                    );
                    assert_eq!(
                        element.get_attribute("rel").as_deref(),
                        Some("noopener noreferrer nofollow")
                    );
                }
            }
            place.remove();
        }
    }
    settle().await;
    let broken = js_sys::Reflect::get(&window(), &"broken".into()).unwrap();
    assert!(broken.is_undefined());
}

#[wasm_bindgen_test]
fn what_is_not_markup_is_shown_as_it_is() {
    let place = rendered("<script>alert(1)</script> & <b>", &[], false);
    assert_eq!(
        place.text_content().as_deref(),
        Some("<script>alert(1)</script> & <b>")
    );
}

#[wasm_bindgen_test]
fn references_are_buttons_only_where_there_is_a_source() {
    let source = Source {
        number: 1,
        title: "Docs \"x\" <b>".into(),
        url: None,
        excerpt: None,
    };
    let place = rendered("yes [1], no [2]", &[source], false);
    assert_eq!(count(&place, "button[data-cite='1']"), 1);
    assert_eq!(count(&place, "button"), 1);
    assert_eq!(place.text_content().as_deref(), Some("yes 1, no [2]"));
}

#[wasm_bindgen_test]
fn a_growing_answer_keeps_the_nodes_that_are_whole() {
    let place = place();
    let mut shown = view::Shown::default();
    view::show(&mut shown, &place, parse("one\n\ntw", true), &[], true);
    let first = place.first_element_child().unwrap();
    view::show(
        &mut shown,
        &place,
        parse("one\n\ntwo **three**\n\n- four", true),
        &[],
        true,
    );
    assert_eq!(place.first_element_child().unwrap(), first);
    assert_eq!(place.children().length(), 3);
    assert_eq!(count(&place, "strong"), 1);
}

// --- values of the wire ---

fn js(value: &impl Serialize) -> JsValue {
    js_sys::JSON::parse(&serde_json::to_string(value).unwrap()).unwrap()
}

fn message() -> Message {
    Message {
        id: 9_007_199_254_740_991,
        seq: 2,
        role: Role::Operator,
        content: "é😀\n\"q\"".into(),
        author: Some(Author {
            name: "Anna".into(),
        }),
        created_at: "2026-01-01T00:00:00Z".into(),
        status: MessageStatus::Interrupted,
        answer_id: Some("a".into()),
        client_id: Some("c".into()),
        sources: vec![Source {
            number: 1,
            title: "t".into(),
            url: Some("u".into()),
            excerpt: Some("e".into()),
        }],
        files: vec![FileReference {
            id: 1,
            filename: "f".into(),
            content_type: "text/plain".into(),
            size: 3,
            url: "/f".into(),
        }],
        feedback: Some(Thumb::Down),
        edited_at: Some("2026-01-01T00:00:05Z".into()),
        removed_at: None,
    }
}

#[wasm_bindgen_test]
fn every_event_is_read_as_it_was_written() {
    let bare = Message {
        author: None,
        status: MessageStatus::Complete,
        answer_id: None,
        client_id: None,
        sources: Vec::new(),
        files: Vec::new(),
        feedback: None,
        edited_at: None,
        removed_at: Some("2026-01-01T00:00:05Z".into()),
        ..message()
    };
    let mode = |mode| Event::Mode {
        mode,
        operator: Some("Anna".into()),
        ticket_number: Some("ESC-1".into()),
    };
    for event in [
        Event::Message { message: message() },
        Event::Message { message: bare },
        Event::Edited { message: message() },
        Event::Chunk {
            answer_id: "a".into(),
            offset: 3,
            text: "é😀".into(),
        },
        Event::Typing {
            who: Typist::Operator,
            until: "2026-01-01T00:00:00Z".into(),
        },
        Event::Typing {
            who: Typist::Assistant,
            until: String::new(),
        },
        mode(Mode::Ai),
        mode(Mode::Waiting),
        mode(Mode::Operator),
        Event::Mode {
            mode: Mode::Closed,
            operator: None,
            ticket_number: None,
        },
        Event::Read {
            seq: 4,
            who: Typist::Visitor,
        },
        Event::Removed { id: 1, seq: 2 },
        Event::Blocked {
            blocked: true,
            until: None,
        },
        Event::Ended,
        Event::Nudge {
            nudge: shared::nudge::Nudge {
                id: 4,
                text: "Need a hand?".into(),
                created_at: "2026-01-01T00:00:00Z".into(),
            },
        },
        Event::Error {
            code: "x".into(),
            message: "y".into(),
        },
    ] {
        assert_eq!(wire::event(&js(&event)), Some(event));
    }
    assert_eq!(
        wire::event(&js_sys::JSON::parse(r#"{"type":"nudge"}"#).unwrap()),
        None
    );
    assert_eq!(wire::event(&JsValue::NULL), None);
}

#[wasm_bindgen_test]
fn every_reply_is_read_as_it_was_written() {
    for event in [
        ChatEvent::Chunk {
            text: "é😀".into()
        },
        ChatEvent::Error {
            code: "x".into(),
            message: "y".into(),
        },
        ChatEvent::Done {
            text: "all".into(),
            session_id: "s".into(),
            chat_ended: true,
            mode: Mode::Waiting,
            ticket_number: Some("ESC-1".into()),
            sources: message().sources,
            message_id: Some(7),
            fallback: true,
        },
    ] {
        assert_eq!(wire::chat_event(&js(&event)), Some(event));
    }
    let history = HistoryReply {
        session_id: "s".into(),
        messages: vec![message()],
        chat_ended: true,
        mode: Mode::Operator,
        ticket_number: Some("ESC-1".into()),
        operator: Some("Anna".into()),
        rating: Some(Rating {
            score: 4,
            comment: Some("good".into()),
        }),
        has_more: true,
        blocked: true,
        blocked_until: None,
        read_seq: 4,
        seen_seq: 3,
        cursor: 12,
    };
    assert_eq!(wire::history(&js(&history)), Some(history));
    assert!(wire::chat_event(&JsValue::NULL).is_none());
}

// --- the panel ---

fn config() -> Config {
    let mut settings = SiteSettings {
        display_name: "Acme".into(),
        greeting_text: "Hello".into(),
        contact_email: "help@acme.example".into(),
        language: "en".into(),
        starter_questions: vec!["What does it cost?".into()],
        ..SiteSettings::default()
    };
    settings.link_safety.allowed_domains = vec!["acme.example".into()];
    let config = WidgetConfig::of("ch_1", true, &settings, None);
    let read = Config::read(&js(&config));
    assert_eq!(
        (read.name.as_str(), read.greeting.as_str(), read.enabled),
        ("Acme", "Hello", true)
    );
    assert_eq!(read.welcome_message, config.welcome_message);
    assert_eq!(read.ai_mode, config.ai_mode);
    assert_eq!(read.starter_questions, config.starter_questions);
    assert_eq!(read.contact_email, config.contact_email);
    assert_eq!(read.privacy_url, None);
    assert_eq!(read.link_safety.allowed_domains, ["acme.example"]);
    read
}

/// A language's texts as the server has them: a list, in the order of the keys.
fn speak(tag: &str, file: &str) {
    let texts: serde_json::Value = serde_json::from_str(file).unwrap();
    let names = Text::ALL.iter().map(|key| format!("{key:?}"));
    let list: Vec<_> = names.map(|name| texts[name.as_str()].clone()).collect();
    let found = serde_json::json!({ "tag": tag, "texts": list });
    assert!(i18n::speak(&js(&found)));
}

const ENGLISH: &str = include_str!("../locales/en.json");
const RUSSIAN: &str = include_str!("../locales/ru.json");
const ARABIC: &str = include_str!("../locales/ar.json");

#[wasm_bindgen_test]
fn numbers_take_the_plural_form_of_the_language() {
    let left = |count| i18n::plural(Text::CharactersLeft, count);
    speak("en-GB", ENGLISH);
    assert_eq!(left(1), "1 character left");
    assert_eq!(left(0), "0 characters left");
    speak("ru", RUSSIAN);
    assert_eq!(left(21), "остался 21 символ");
    assert_eq!(left(22), "осталось 22 символа");
    assert_eq!(left(25), "осталось 25 символов");
    speak("en", ENGLISH);
}

#[wasm_bindgen_test]
fn the_document_follows_the_language() {
    let root = document().document_element().unwrap();
    speak("ar-EG", ARABIC);
    assert_eq!(root.get_attribute("lang").as_deref(), Some("ar"));
    assert_eq!(root.get_attribute("dir").as_deref(), Some("rtl"));
    assert!(i18n::is_other("en"));
    assert!(!i18n::is_other("ar_SA"));
    speak("en", ENGLISH);
    assert_eq!(root.get_attribute("dir").as_deref(), Some("ltr"));
    assert!(
        !i18n::is_other("xx"),
        "English speaks for unknown languages"
    );
    assert!(!i18n::speak(&JsValue::NULL), "nothing came");
    assert_eq!(i18n::text(Text::Send), "Send message");
}

/// A panel that has met no server: what is sent stays on its way.
async fn panel(config: Config) -> (Chat, HtmlElement) {
    speak("en", ENGLISH);
    let place = place();
    let inside = place.clone();
    let kept = std::rc::Rc::new(std::cell::Cell::new(None));
    let given = kept.clone();
    mount_to(place.clone(), move || {
        let chat = Chat::new(config);
        widget::view::mount(&inside, chat);
        given.set(Some(chat));
    })
    .forget();
    settle().await;
    (kept.get().unwrap(), place)
}

fn area(place: &HtmlElement) -> HtmlTextAreaElement {
    place
        .query_selector(".composer textarea")
        .unwrap()
        .unwrap()
        .unchecked_into()
}

async fn write(place: &HtmlElement, text: &str) {
    area(place).set_value(text);
    area(place)
        .dispatch_event(&web_sys::Event::new("input").unwrap())
        .unwrap();
    settle().await;
}

/// Presses a key in the composer; false if the panel took it for itself.
async fn press(place: &HtmlElement, key: &str, change: impl Fn(&KeyboardEventInit)) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    change(&init);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    let is_left = area(place).dispatch_event(&event).unwrap();
    settle().await;
    is_left
}

#[wasm_bindgen_test]
async fn enter_sends_and_shift_enter_does_not() {
    let (chat, place) = panel(config()).await;
    write(&place, "one").await;
    assert!(press(&place, "Enter", |init| init.set_shift_key(true)).await);
    assert_eq!(chat.rows.with_untracked(Vec::len), 0);
    assert!(!press(&place, "Enter", |_| ()).await);
    assert_eq!(chat.rows.with_untracked(Vec::len), 1);
    assert_eq!(area(&place).value(), "");
    assert_eq!(
        place
            .query_selector(".own .bubble")
            .unwrap()
            .unwrap()
            .text_content()
            .as_deref(),
        Some("one")
    );
}

#[wasm_bindgen_test]
async fn enter_that_ends_a_composition_does_not_send() {
    let (chat, place) = panel(config()).await;
    write(&place, "にほん").await;
    assert!(press(&place, "Enter", |init| init.set_is_composing(true)).await);
    assert!(press(&place, "Enter", |init| init.set_key_code(229)).await);
    assert_eq!(chat.rows.with_untracked(Vec::len), 0);
    assert_eq!(area(&place).value(), "にほん");
}

#[wasm_bindgen_test]
async fn what_is_empty_or_too_long_stays_in_the_composer() {
    let (chat, place) = panel(config()).await;
    for text in [" \n ".to_owned(), "é".repeat(1_001)] {
        write(&place, &text).await;
        press(&place, "Enter", |_| ()).await;
        assert_eq!(area(&place).value(), text);
        assert_eq!(count(&place, ".send:disabled"), 1);
    }
    assert_eq!(
        place
            .query_selector(".counter")
            .unwrap()
            .unwrap()
            .text_content()
            .as_deref(),
        Some("1 character too many")
    );
    write(&place, &"é".repeat(1_000)).await;
    assert_eq!(count(&place, ".send:disabled"), 0);
    press(&place, "Enter", |_| ()).await;
    assert_eq!(chat.rows.with_untracked(Vec::len), 1);
}

#[wasm_bindgen_test]
async fn the_visitors_own_text_is_never_markup() {
    let (chat, place) = panel(config()).await;
    chat.send("<img src=x onerror=1> **b** https://x.test");
    settle().await;
    let bubble = place.query_selector(".own .bubble").unwrap().unwrap();
    assert_eq!(bubble.children().length(), 0);
    assert_eq!(
        bubble.text_content().as_deref(),
        Some("<img src=x onerror=1> **b** https://x.test")
    );
}

#[wasm_bindgen_test]
async fn the_panel_names_itself_and_its_parts() {
    let (_, place) = panel(config()).await;
    let dialog = place.query_selector("[role=dialog]").unwrap().unwrap();
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(
        place
            .query_selector(&format!("#{title}"))
            .unwrap()
            .unwrap()
            .text_content()
            .as_deref(),
        Some("Acme")
    );
    assert_eq!(
        count(
            &place,
            "[role=log][aria-live=off][aria-label][tabindex='0']"
        ),
        1
    );
    assert_eq!(count(&place, "textarea[aria-label]"), 1);
    assert_eq!(
        count(&place, "button:not([aria-label])") - count(&place, ".human"),
        0
    );
}

#[wasm_bindgen_test]
async fn a_site_that_is_switched_off_has_no_composer() {
    let (chat, place) = panel(Config {
        enabled: false,
        ..config()
    })
    .await;
    assert_eq!(count(&place, "textarea"), 0);
    assert_eq!(
        count(&place, ".silence a[href='mailto:help@acme.example']"),
        1
    );
    chat.send("hello");
    assert_eq!(chat.rows.with_untracked(Vec::len), 0);
}

#[wasm_bindgen_test]
async fn nothing_is_stored_before_the_first_act() {
    // Tests share one page, and others of them have acted.
    let storage = window().session_storage().unwrap().unwrap();
    storage.clear().unwrap();
    let (_, _place) = panel(config()).await;
    assert_eq!(storage.length().unwrap(), 0);
    assert_eq!(
        window().local_storage().unwrap().unwrap().length().unwrap(),
        0
    );
}
