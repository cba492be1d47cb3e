//! The box in which an owner tries what a visitor would ask. It leaves no conversation.

use crate::api::{Api, ApiError};
use crate::part::inbox::sources::sources_list;
use crate::part::rich_text::rich_text;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, Look};
use crate::ui::card::Card;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::notice::notice;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::knowledge::AskReply;
use shared::limits;

#[component]
pub fn AskBox(#[prop(into)] site: String) -> AnyView {
    let api = expect_context::<Api>();
    let site = StoredValue::new(site);
    let question = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<AskReply, ApiError>>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = question.get_untracked().trim().to_owned();
        if text.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            answer.set(Some(api.ask(&site.get_value(), text).await));
            busy.set(false);
        });
    };
    let shown = move || {
        answer.get().map(|outcome| match outcome {
            Ok(reply) => answer_view(reply),
            Err(error) => notice(Tone::Danger, error.message),
        })
    };
    view! {
        <Card title="Ask it" hint="Try what your visitors will ask. It leaves no conversation.">
            <form class="ask" on:submit=submit>
                <TextField
                    label="Question" placeholder="Where is my order?" max=limits::VISITOR_MESSAGE_CHARS
                    value=question on_input=move |text| question.set(text)
                />
                <Button label="Ask" icon=Icon::Send look=Look::Primary submit=true busy />
            </form>
            <div aria-live="polite" aria-busy=move || busy.get().then_some("true")>{shown}</div>
        </Card>
    }
    .into_any()
}

fn answer_view(reply: AskReply) -> AnyView {
    let confidence = if reply.confident {
        badge(Tone::Success, "Confident")
    } else {
        badge(Tone::Warning, "Not found")
    };
    let means = match reply.confident {
        true => "Answered by ",
        false => "A person would be offered. Answered by ",
    };
    view! {
        <div class="answer">
            <div class="row wrap">{confidence}<span class="faint">{means}{reply.answered_by}</span></div>
            <div class="bubble assistant">{rich_text(&reply.reply, false)}</div>
            {sources_list(&reply.sources)}
        </div>
    }
    .into_any()
}
