//! Forms at the end of the thread: how to reach the visitor, and how the conversation was.

use super::icon::{self, icon};
use crate::chat::{Card, Chat};
use crate::i18n::{Text, text};
use leptos::html;
use leptos::prelude::*;
use shared::limits::{EMAIL_CHARS, NAME_CHARS, PHONE_CHARS};
use shared::widget::ContactRequest;

/// Good enough to catch a slip; whether it exists only a mail can tell.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains('@')
}

fn is_phone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// What the form says, if it is enough to reach somebody.
fn contact_of(name: &str, email: &str, phone: &str) -> Option<ContactRequest> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let request = ContactRequest { name: given(name), email: given(email), phone: given(phone) };
    let is_email_good = request.email.as_deref().is_none_or(is_email);
    let is_phone_good = request.phone.as_deref().is_none_or(is_phone);
    let is_reachable = request.email.is_some() || request.phone.is_some();
    (is_reachable && is_email_good && is_phone_good).then_some(request)
}

pub fn contact(chat: Chat) -> AnyView {
    let [name, email, phone] = [(); 3].map(|()| RwSignal::new(String::new()));
    let is_wrong = RwSignal::new(false);
    let is_asked_for = chat.card.get_untracked().is_some();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = contact_of(&name.get_untracked(), &email.get_untracked(), &phone.get_untracked());
        is_wrong.set(request.is_none());
        if let Some(request) = request {
            chat.leave_contact(request);
            chat.card.set(None);
        }
    };
    let skip = move |_| {
        chat.card.set(None);
        chat.contact_settled();
    };
    view! {
        <form class="card" aria-labelledby="contact-title" novalidate on:submit=submit>
            <h3 id="contact-title">{text(Text::ContactTitle)}</h3>
            <p>{text(Text::ContactHint)}</p>
            {field(Text::Name, "text", "name", NAME_CHARS, name, is_asked_for)}
            {field(Text::Email, "email", "email", EMAIL_CHARS, email, false)}
            {field(Text::Phone, "tel", "tel", PHONE_CHARS, phone, false)}
            <p class="wrong" role="alert">{move || is_wrong.get().then(|| text(Text::ContactInvalid))}</p>
            <div class="actions">
                <button type="button" class="secondary" on:click=skip>{text(Text::NotNow)}</button>
                <button type="submit" class="primary">{text(Text::Save)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn field(
    label: Text,
    kind: &'static str,
    autocomplete: &'static str,
    limit: usize,
    value: RwSignal<String>,
    takes_focus: bool,
) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = node.get().filter(|_| takes_focus) {
            let _ = input.focus();
        }
    });
    view! {
        <label class="labelled">
            <span>{text(label)}</span>
            <input
                class="field"
                type=kind
                autocomplete=autocomplete
                maxlength=limit.to_string()
                dir="auto"
                node_ref=node
                on:input=move |event| value.set(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

const SCORES: [Text; 5] = [Text::Score1, Text::Score2, Text::Score3, Text::Score4, Text::Score5];

pub fn rating(chat: Chat) -> AnyView {
    let earlier = chat.head.with_untracked(|head| head.rating.as_ref().map(|rating| rating.score));
    let is_dismissable = chat.card.get_untracked() == Some(Card::Rating);
    let score = RwSignal::new(earlier.unwrap_or(0));
    let is_sent = RwSignal::new(false);
    let comment = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if score.get_untracked() > 0 {
            is_sent.set(true);
            // The thanks stay in place of the form.
            chat.card.set(Some(Card::Rating));
            chat.rate(score.get_untracked(), comment.get_untracked());
        }
    };
    let stars: Vec<_> = (1..).zip(SCORES).map(|(value, words)| star(score, value, words)).collect();
    let form = view! {
        <form class="card" class:gone=move || is_sent.get() on:submit=submit>
            <fieldset>
                <legend>{text(Text::RateTitle)}</legend>
                <div class="stars">{stars}</div>
                <p class="verdict" aria-hidden="true">{move || verdict(score.get())}</p>
            </fieldset>
            {move || {
                (score.get() > 0).then(|| view! {
                    <textarea
                        class="field"
                        rows="2"
                        maxlength="2000"
                        dir="auto"
                        aria-label=text(Text::RateComment)
                        placeholder=text(Text::RateComment)
                        on:input=move |event| comment.set(event_target_value(&event))
                    ></textarea>
                })
            }}
            <div class="actions">
                {is_dismissable
                    .then(|| view! {
                        <button type="button" class="secondary" on:click=move |_| chat.card.set(None)>{text(Text::NotNow)}</button>
                    })}
                <button type="submit" class="primary" disabled=move || score.get() == 0>{text(Text::Submit)}</button>
            </div>
        </form>
    };
    view! {
        {form}
        <p class="entry system" role="status">{move || is_sent.get().then(|| text(Text::RateThanks))}</p>
    }
    .into_any()
}

fn verdict(score: u8) -> &'static str {
    let words = usize::from(score).checked_sub(1).and_then(|index| SCORES.get(index));
    words.map_or("\u{a0}", |words| text(*words))
}

fn star(score: RwSignal<u8>, value: u8, words: Text) -> AnyView {
    view! {
        <label class="star" class:lit={move || score.get() >= value}>
            <input
                type="radio"
                name="score"
                class="unseen"
                value=value.to_string()
                prop:checked=move || score.get() == value
                on:change=move |_| score.set(value)
            />
            {icon(icon::STAR)}
            <span class="unseen">{format!("{value}: {}", text(words))}</span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::contact_of;

    #[test]
    fn a_contact_needs_a_way_to_reach_somebody() {
        assert_eq!(contact_of("Anna", "", ""), None);
        assert!(contact_of("", "a@b.example", "").is_some());
        assert!(contact_of("", "", "+49 30 1234").is_some());
    }

    #[test]
    fn slips_are_caught() {
        for email in ["a", "a@", "@b.example", "a@b", "a@.b", "a@b.", "a@b@c.example"] {
            assert_eq!(contact_of("", email, "0301234"), None, "{email}");
        }
        assert_eq!(contact_of("", "a@b.example", "none"), None);
    }

    #[test]
    fn what_is_empty_is_not_sent() {
        let request = contact_of("  ", " a@b.example ", "").expect("a contact");
        assert_eq!((request.name, request.email.as_deref(), request.phone), (None, Some("a@b.example"), None));
    }
}
