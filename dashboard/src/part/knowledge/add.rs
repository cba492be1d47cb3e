//! Adding a question with its answer, or a text.

use super::Knowledge;
use crate::part::submission::Submission;
use crate::state::toast::Toasts;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::field::{TextArea, TextField};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::knowledge::{AddKnowledgeRequest, KnowledgeKind};
use shared::limits;

#[component]
pub fn AddDialog(knowledge: Knowledge, adding: RwSignal<Option<KnowledgeKind>>) -> AnyView {
    let open = open_about(adding);
    let title = Signal::derive(move || match adding.get() {
        Some(KnowledgeKind::Qa) => "Question and answer".to_owned(),
        _ => "Text".to_owned(),
    });
    let form = move || {
        adding
            .get()
            .map(|kind| view! { <AddForm knowledge kind open /> })
    };
    view! { <Dialog title open wide=true>{form}</Dialog> }.into_any()
}

#[component]
fn AddForm(knowledge: Knowledge, kind: KnowledgeKind, open: RwSignal<bool>) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let is_pair = kind == KnowledgeKind::Qa;
    let title = RwSignal::new(String::new());
    let content = RwSignal::new(String::new());
    let form = Submission::of(&["question", "title", "source", "content"]);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let name = Some(title.get_untracked().trim().to_owned());
        let request = AddKnowledgeRequest {
            chatbot_id: knowledge.site(),
            kind,
            title: name.clone().filter(|_| !is_pair),
            question: name.filter(|_| is_pair),
            source: None,
            content: Some(content.get_untracked().trim().to_owned()),
        };
        form.send(knowledge.api.add_knowledge(request), move |item| {
            knowledge.added(item);
            toasts.done("Added. The assistant knows it from now on.");
            open.set(false);
        });
    };
    let name_error = Signal::derive(move || {
        let names = ["question", "title", "source"];
        names.into_iter().find_map(|name| form.error_at(name).get())
    });
    let (name_label, name_hint, text_label, text_max) = if is_pair {
        (
            "Question",
            "As visitors ask it.",
            "Answer",
            limits::ANSWER_CHARS,
        )
    } else {
        (
            "Title",
            "Named as the source of answers.",
            "Text",
            limits::KNOWLEDGE_TEXT_CHARS,
        )
    };
    let (name_max, rows) = if is_pair {
        (limits::QUESTION_CHARS, 6)
    } else {
        (limits::NAME_CHARS, 12)
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextField
                    label=name_label hint=name_hint max=name_max required=true autofocus=true
                    error=name_error value=title on_input=move |text| title.set(text)
                />
                <TextArea
                    label=text_label rows hint="Markdown is shown as such: **bold**, lists, links." max=text_max
                    error=form.error_at("content") value=content on_input=move |text| content.set(text)
                />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Add" look=Look::Primary submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}
