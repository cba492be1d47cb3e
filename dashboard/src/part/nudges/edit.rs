//! The words of a nudge, and when they come.

use super::{Edit, Nudges};
use crate::part::submission::Submission;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::{Dialog, open_about};
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::switch::Switch;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use shared::limits;
use shared::nudge::{NudgeHours, NudgeRequest};

const FIELDS: [&str; 6] = [
    "text",
    "urlPattern",
    "secondsOnPage",
    "businessHours",
    "maxPerVisitor",
    "pauseHours",
];

#[component]
pub(super) fn EditDialog(nudges: Nudges) -> AnyView {
    let open = open_about(nudges.editing);
    let title = Signal::derive(move || {
        match nudges.editing.get() {
            Some(Edit::Of(_)) => "Change the nudge",
            _ => "New nudge",
        }
        .to_owned()
    });
    let form = move || {
        nudges
            .editing
            .get()
            .map(|edit| view! { <EditForm nudges edit open /> })
    };
    view! { <Dialog title open>{form}</Dialog> }.into_any()
}

#[component]
fn EditForm(nudges: Nudges, edit: Edit, open: RwSignal<bool>) -> AnyView {
    let form = Submission::of(&FIELDS);
    let known = match edit {
        Edit::New => None,
        Edit::Of(rule) => Some(*rule),
    };
    let id = known.as_ref().map(|rule| rule.id);
    let (text, pattern, first_visit, hours) =
        known.as_ref().map_or_else(Default::default, |rule| {
            (
                rule.text.clone(),
                rule.url_pattern.clone(),
                rule.first_visit,
                rule.business_hours,
            )
        });
    let (seconds, most, pause) = known.as_ref().map_or((15, 1, 24), |rule| {
        (rule.seconds_on_page, rule.max_per_visitor, rule.pause_hours)
    });
    let text = RwSignal::new(text);
    let pattern = RwSignal::new(pattern);
    let first_visit = RwSignal::new(first_visit);
    let hours = RwSignal::new(hours.as_str().to_owned());
    let seconds = RwSignal::new(seconds.to_string());
    let most = RwSignal::new(most.to_string());
    let pause = RwSignal::new(pause.to_string());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let number = |value: RwSignal<String>| value.get_untracked().trim().parse().ok();
        let request = NudgeRequest {
            chatbot_id: id.is_none().then(|| nudges.site.get_value()),
            text: Some(text.get_untracked().trim().to_owned()),
            enabled: None,
            url_pattern: Some(pattern.get_untracked().trim().to_owned()),
            seconds_on_page: number(seconds),
            first_visit: Some(first_visit.get_untracked()),
            business_hours: NudgeHours::parse(&hours.get_untracked()),
            max_per_visitor: number(most),
            pause_hours: number(pause),
        };
        let api = nudges.api;
        let request = async move {
            match id {
                None => api.create_nudge(request).await,
                Some(id) => api.update_nudge(id, request).await,
            }
        };
        form.send(request, move |rule| {
            open.set(false);
            nudges.put(rule);
        });
    };
    let choices = [
        ("any", "At any time"),
        ("open", "Within business hours"),
        ("closed", "Outside of business hours"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    let action = if id.is_some() {
        "Save"
    } else {
        "Create the nudge"
    };
    view! {
        <form on:submit=submit>
            <div class="dialog-body">
                {form.error_above()}
                <TextArea
                    label="Words" rows=2 max=limits::NUDGE_CHARS placeholder="Questions about our plans? Ask away."
                    hint="In other languages: under Appearance & behaviour."
                    error=form.error_at("text") value=text on_input=move |value| text.set(value)
                />
                <TextField
                    label="Pages" placeholder="/pricing*" max=limits::URL_CHARS autocomplete="off"
                    hint="A path, a host with a path, or a whole address; * stands for anything. Empty: every page."
                    error=form.error_at("urlPattern") value=pattern on_input=move |value| pattern.set(value)
                />
                <div class="columns">
                    <TextField label="Seconds on the page" kind="number" required=true
                        error=form.error_at("secondsOnPage") value=seconds on_input=move |value| seconds.set(value) />
                    <TextField label="Times per visitor" kind="number" required=true
                        error=form.error_at("maxPerVisitor") value=most on_input=move |value| most.set(value) />
                    <TextField label="Hours between two" kind="number" required=true
                        error=form.error_at("pauseHours") value=pause on_input=move |value| pause.set(value) />
                </div>
                <SelectField
                    label="When" options=choices.to_vec() error=form.error_at("businessHours")
                    value=hours on_change=move |value| hours.set(value)
                />
                <Switch label="Only on the first visit" on=first_visit on_change=move |on| first_visit.set(on) />
            </div>
            <footer class="dialog-foot">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label=action look=Look::Primary submit=true busy=form.busy() />
            </footer>
        </form>
    }
    .into_any()
}
