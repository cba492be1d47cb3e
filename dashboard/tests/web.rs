//! What only a browser can tell: values crossing into JavaScript, and the building blocks as they are drawn.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use dashboard::api::operator_event::read_operator_event;
use dashboard::api::sites::{SiteDocument, changed_fields};
use dashboard::part::rich_text::rich_text;
use dashboard::ui::field::TextField;
use leptos::mount::mount_to;
use leptos::prelude::*;
use shared::conversation::{Conversation, Mode, Visitor};
use shared::event::{Event, OperatorEvent, Typist};
use shared::message::{Author, Message, MessageStatus, Role};
use shared::site::SiteSettings;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

fn host() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let host = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&host).unwrap();
    host.unchecked_into()
}

fn read_event(json: &str) -> OperatorEvent {
    read_operator_event(&js_sys::JSON::parse(json).unwrap()).unwrap()
}

#[wasm_bindgen_test]
fn events_of_the_live_channel_are_read() {
    let event = read_event(
        r#"{"conversation_id":"conv_1","type":"chunk","answer_id":"a","offset":3,"text":"é😀"}"#,
    );
    let text = "é😀".to_owned();
    let chunk = Event::Chunk {
        answer_id: "a".into(),
        offset: 3,
        text,
    };
    assert_eq!(
        event,
        OperatorEvent {
            conversation_id: "conv_1".into(),
            event: chunk
        }
    );
    let event = read_event(
        r#"{"conversation_id":"conv_1","type":"typing","who":"visitor","until":"2026-01-01T00:00:00Z"}"#,
    );
    assert!(matches!(
        event.event,
        Event::Typing {
            who: Typist::Visitor,
            ..
        }
    ));
    let event = read_event(
        r#"{"conversation_id":"conv_1","type":"message","message":{"id":5,"seq":2,"role":"assistant","content":"x",
            "author":null,"created_at":"2026-01-01T00:00:00Z","status":"complete","sources":[{"number":1,"title":"t"}]}}"#,
    );
    assert!(
        matches!(event.event, Event::Message { message } if message.sources.len() == 1 && message.author.is_none())
    );
}

/// Whatever kinds there are, what the server writes is what is read.
#[wasm_bindgen_test]
fn every_kind_of_event_survives_the_wire() {
    let message = || Message {
        id: 7,
        seq: 3,
        role: Role::Operator,
        content: "Hi".into(),
        author: Some(Author { name: "Ada".into() }),
        created_at: "2026-01-01T00:00:00Z".into(),
        status: MessageStatus::Complete,
        answer_id: None,
        client_id: Some("c1".into()),
        sources: vec![],
        files: vec![],
        feedback: None,
        edited_at: Some("2026-01-01T00:00:05Z".into()),
        removed_at: None,
    };
    let conversation = Conversation {
        id: "conv_1".into(),
        number: 1,
        site_id: 2,
        site_name: "Shop".into(),
        mode: Mode::Operator,
        assignee: None,
        visitor: Visitor::default(),
        preview: String::new(),
        preview_role: Some(Role::User),
        unread_count: 0,
        last_seq: 3,
        visitor_read_seq: 0,
        contact_fields: [("order".to_owned(), "A-1".to_owned())].into(),
        ticket_number: None,
        rating: None,
        page_url: None,
        referrer: None,
        locale: None,
        created_at: "2026-01-01T00:00:00Z".into(),
        last_message_at: "2026-01-01T00:00:00Z".into(),
        activity_at: None,
        tags: Vec::new(),
        waiting_since: None,
        event_cursor: None,
    };
    let events = [
        Event::Message { message: message() },
        Event::Chunk {
            answer_id: "a".into(),
            offset: 4,
            text: "x".into(),
        },
        Event::Typing {
            who: Typist::Assistant,
            until: "2026-01-01T00:00:00Z".into(),
        },
        Event::Mode {
            mode: Mode::Waiting,
            operator: None,
            ticket_number: Some("ESC-1".into()),
        },
        Event::Mode {
            mode: Mode::Operator,
            operator: Some("Ada".into()),
            ticket_number: None,
        },
        Event::Read {
            seq: 3,
            who: Typist::Operator,
        },
        Event::Edited { message: message() },
        Event::Removed { id: 7, seq: 3 },
        Event::Blocked {
            blocked: true,
            until: Some("2026-01-05T11:00:00.000Z".into()),
        },
        Event::Ended,
        Event::Error {
            code: "model_unavailable".into(),
            message: "No".into(),
        },
        Event::Conversation {
            conversation: Box::new(conversation),
        },
    ];
    for event in events {
        let event = OperatorEvent {
            conversation_id: "conv_1".into(),
            event,
        };
        assert_eq!(read_event(&serde_json::to_string(&event).unwrap()), event);
    }
    let unknown = js_sys::JSON::parse(r#"{"conversation_id":"conv_1","type":"later"}"#).unwrap();
    assert_eq!(read_operator_event(&unknown), None);
}

#[wasm_bindgen_test]
fn only_changed_settings_are_sent_and_under_the_names_of_the_wire() {
    let saved = SiteDocument {
        enabled: true,
        starter_prompt: String::new(),
        settings: SiteSettings::default(),
    };
    let mut draft = saved.clone();
    let json = |draft: &SiteDocument| -> String {
        js_sys::JSON::stringify(&changed_fields(&saved, draft).unwrap())
            .unwrap()
            .into()
    };
    assert_eq!(json(&draft), "{}");
    draft.enabled = false;
    draft.settings.primary_color = "#abc".into();
    draft.settings.business_hours = r#"{"mon":"9-17"}"#.into();
    draft.settings.custom_prompt = "Be brief.".into();
    assert_eq!(
        json(&draft),
        r##"{"starterPrompt":"Be brief.","primaryColor":"#abc","businessHours":{"mon":"9-17"},"enabled":false}"##
    );
}

#[wasm_bindgen_test]
fn text_of_a_message_never_becomes_markup() {
    let host = host();
    let text =
        "<img src=x onerror=alert(1)> **bold** [a](javascript:alert(1)) [b](https://b.example/)";
    let handle = mount_to(host.clone(), move || rich_text(text, false));
    assert!(host.query_selector("img").unwrap().is_none());
    assert!(
        host.query_selector("a ~ a").unwrap().is_none(),
        "only one of the two is a link"
    );
    assert_eq!(
        host.query_selector("a")
            .unwrap()
            .unwrap()
            .get_attribute("href")
            .unwrap(),
        "https://b.example/"
    );
    assert_eq!(
        host.query_selector("strong")
            .unwrap()
            .unwrap()
            .text_content()
            .unwrap(),
        "bold"
    );
    assert!(
        host.text_content()
            .unwrap()
            .contains("<img src=x onerror=alert(1)>")
    );
    drop(handle);
}

#[wasm_bindgen_test]
async fn a_refused_field_says_so_to_everybody() {
    let host = host();
    let error = RwSignal::new(None::<String>);
    let handle = mount_to(host.clone(), move || {
        view! { <TextField label="Email" id="email" error=error value=String::new() on_input=|_: String| () /> }
    });
    let input = host.query_selector("input").unwrap().unwrap();
    assert_eq!(input.get_attribute("aria-invalid"), None);
    error.set(Some("email is not valid".into()));
    leptos::task::tick().await;
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described = input.get_attribute("aria-describedby").unwrap();
    let message = host.query_selector(".field-error").unwrap().unwrap();
    assert!(described.split(' ').any(|id| id == message.id()));
    assert_eq!(
        message.text_content().as_deref(),
        Some("email is not valid")
    );
    drop(handle);
}
