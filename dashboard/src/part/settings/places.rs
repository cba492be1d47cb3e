//! Where the chat may stand, whom it names, where its links lead.

use super::form::{Form, bind, lines_of, parts_of};
use crate::ui::card::Card;
use crate::ui::field::{TextArea, TextField};
use crate::ui::switch::Switch;
use leptos::prelude::*;
use shared::limits;

#[component]
pub fn Availability(form: Form) -> AnyView {
    let enabled = Memo::new(move |_| form.draft.with(|draft| draft.enabled));
    let (domain, set_domain) = bind!(form, domain);
    // Edited as lines; the text keeps what is typed, the settings what it means.
    let origins = RwSignal::new(
        form.draft
            .with_untracked(|draft| lines_of(&draft.settings.allowed_origins)),
    );
    let stored = form.value(|settings| settings.allowed_origins.clone());
    Effect::new(move |_| {
        let stored = stored.get();
        if origins.with_untracked(|lines| parts_of(lines).join(", "))
            != parts_of(&stored).join(", ")
        {
            origins.set(lines_of(&stored));
        }
    });
    let set_origins = Callback::new(move |text: String| {
        form.draft
            .update(|draft| draft.settings.allowed_origins = parts_of(&text).join(", "));
        origins.set(text);
    });
    let strict = form.value(|settings| settings.strict_session_keys);
    let set_strict = form.set(|settings, on| settings.strict_session_keys = on);
    view! {
        <Card title="Where it may appear" id="availability">
            <Switch
                label="Chat is on" hint="Off: no new messages; what was said stays readable." on=enabled
                on_change=move |on| form.draft.update(|draft| draft.enabled = on)
            />
            <TextField
                label="Domain" max=limits::URL_CHARS placeholder="acme.com"
                value=domain on_input=set_domain error=form.error("domain")
            />
            <TextArea
                label="Allowed origins" rows=3 placeholder="https://acme.com"
                hint="One per line. https://*.acme.com names subdomains. Empty: any page may embed the chat."
                value=origins on_input=set_origins error=form.error("allowedOrigins")
            />
            <Switch
                label="Ask for long session keys" hint="For your own back end: its session keys need at least 16 characters."
                on=strict on_change=set_strict
            />
        </Card>
    }
    .into_any()
}

#[component]
pub fn Contact(form: Form) -> AnyView {
    let (email, set_email) = bind!(form, contact_email);
    let (phone, set_phone) = bind!(form, contact_phone);
    let (website, set_website) = bind!(form, website_url);
    let (page, set_page) = bind!(form, contact_url);
    let (terms, set_terms) = bind!(form, tos_url);
    let (privacy, set_privacy) = bind!(form, privacy_url);
    view! {
        <Card title="Contact and legal" id="contact" hint="Shown in the chat where they are given.">
            <div class="grid two">
                <TextField label="Email" kind="email" max=limits::EMAIL_CHARS value=email on_input=set_email error=form.error("contactEmail") />
                <TextField label="Phone" kind="tel" max=limits::PHONE_CHARS value=phone on_input=set_phone error=form.error("contactPhone") />
                <TextField label="Website" kind="url" max=limits::URL_CHARS value=website on_input=set_website error=form.error("websiteUrl") />
                <TextField label="Contact page" kind="url" max=limits::URL_CHARS value=page on_input=set_page error=form.error("contactUrl") />
                <TextField label="Terms of service" kind="url" max=limits::URL_CHARS value=terms on_input=set_terms error=form.error("tosUrl") />
                <TextField label="Privacy policy" kind="url" max=limits::URL_CHARS value=privacy on_input=set_privacy error=form.error("privacyUrl") />
            </div>
        </Card>
    }
    .into_any()
}

#[component]
pub fn Links(form: Form) -> AnyView {
    let is_on = form.value(|settings| settings.link_safety.enabled);
    let set_on = form.set(|settings, on| settings.link_safety.enabled = on);
    let domains = RwSignal::new(
        form.draft
            .with_untracked(|draft| draft.settings.link_safety.allowed_domains.join("\n")),
    );
    let stored = form.value(|settings| settings.link_safety.allowed_domains.clone());
    Effect::new(move |_| {
        let stored = stored.get();
        if origin_lines(domains) != stored {
            domains.set(stored.join("\n"));
        }
    });
    let set_domains = Callback::new(move |text: String| {
        form.draft
            .update(|draft| draft.settings.link_safety.allowed_domains = parts_of(&text));
        domains.set(text);
    });
    let label = form.value(|settings| settings.link_safety.label.clone());
    let set_label = form.set(|settings, text| settings.link_safety.label = text);
    view! {
        <Card title="Link safety" id="links">
            <Switch
                label="Ask before foreign links open" hint="Links in answers that lead elsewhere than to your own domains."
                on=is_on on_change=set_on
            />
            {move || is_on.get().then(|| view! {
                <TextArea
                    label="Own domains" placeholder="acme.com" hint="One per line. These open without a question."
                    value=domains on_input=set_domains error=form.error("linkSafety")
                />
                <TextField label="Words of the question" max=limits::NAME_CHARS value=label on_input=set_label />
            })}
        </Card>
    }
    .into_any()
}

fn origin_lines(lines: RwSignal<String>) -> Vec<String> {
    lines.with_untracked(|lines| parts_of(lines))
}

#[component]
pub fn Voice(form: Form) -> AnyView {
    let (provider, set_provider) = bind!(form, stt_provider);
    let (voice, set_voice) = bind!(form, tts_voice);
    let (speed, set_speed) = bind!(form, tts_speed);
    view! {
        <Card title="Voice" id="voice" hint="By the instance's audio service where it has one, else by visitors' browsers.">
            <div class="grid three">
                <TextField label="Speech to text" hint="server: the instance's audio service." max=limits::NAME_CHARS value=provider on_input=set_provider error=form.error("sttProvider") />
                <TextField label="Voice" hint="Of the audio service, such as alloy; without one, of the browsers that have it." max=limits::NAME_CHARS value=voice on_input=set_voice error=form.error("ttsVoice") />
                <TextField label="Speed" hint="From 0.25 to 4." max=limits::NAME_CHARS value=speed on_input=set_speed error=form.error("ttsSpeed") />
            </div>
        </Card>
    }
    .into_any()
}
