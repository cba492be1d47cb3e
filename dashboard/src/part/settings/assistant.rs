//! When and how the assistant answers.

use super::form::{Form, bind};
use super::looks::choice;
use crate::ui::card::Card;
use crate::ui::field::{SelectField, TextArea, TextField};
use leptos::prelude::*;
use shared::limits;

const MODES: [(&str, &str); 3] = [
    ("on", "At once"),
    ("delay", "After a wait"),
    ("off", "Never"),
];
const DISCLOSURES: [(&str, &str); 3] = [
    ("full", "Titles and passages"),
    ("titles", "Titles only"),
    ("none", "Nothing"),
];

#[component]
pub fn Assistant(form: Form) -> AnyView {
    let (prompt, set_prompt) = bind!(form, custom_prompt);
    let (instructions, set_instructions) = bind!(form, agent_instructions);
    let mode = form.value(|settings| settings.ai_mode.clone());
    let delay = form.value(|settings| settings.ai_reply_delay_sec.to_string());
    let set_delay = form.set(|settings, text: String| {
        if let Ok(seconds) = text.trim().parse() {
            settings.ai_reply_delay_sec = seconds;
        }
    });
    // Once a prompt of one's own is stored, the server tells that one here.
    let starter_prompt = form.saved.with_untracked(|saved| {
        saved
            .settings
            .custom_prompt
            .is_empty()
            .then(|| saved.starter_prompt.clone())
    });
    let disclosure = form.value(|settings| settings.disclosure.sources.clone());
    let set_disclosure = form.set(|settings, value| settings.disclosure.sources = value);
    let options = DISCLOSURES
        .map(|(value, words)| (value.to_owned(), words.to_owned()))
        .to_vec();
    view! {
        <Card title="Assistant" id="assistant">
            {choice("The assistant answers", "aiMode", &MODES, form, |s| s.ai_mode.clone(), |s, v| s.ai_mode = v)}
            {move || (mode.get() == "delay").then(|| view! {
                <TextField
                    label="Seconds to wait for a person first" kind="number" hint="From 1 to 600."
                    value=delay on_input=set_delay error=form.error("aiReplyDelaySec")
                />
            })}
            <TextArea
                label="Prompt" rows=6 max=limits::PROMPT_CHARS placeholder=starter_prompt.unwrap_or_default()
                hint="Who the assistant is and how it speaks. Empty: the default, shown in grey."
                value=prompt on_input=set_prompt error=form.error("starterPrompt")
            />
            <TextArea
                label="Further instructions" rows=4 max=limits::PROMPT_CHARS
                hint="Added to the prompt: what to offer, what to leave to people."
                value=instructions on_input=set_instructions error=form.error("agentInstructions")
            />
            <SelectField
                label="Sources shown to visitors" options value=disclosure on_change=set_disclosure
                error=form.error("disclosure")
            />
        </Card>
    }
    .into_any()
}
