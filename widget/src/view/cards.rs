//! Forms at the end of the thread: how to reach the visitor, and how the conversation was.

use super::dom::{El, button, el};
use super::icon::{self, icon};
use super::value_of;
use crate::chat::Chat;
use crate::i18n::{Text, text};
use leptos::prelude::*;
use shared::limits::{COMMENT_CHARS, EMAIL_CHARS, NAME_CHARS, PHONE_CHARS};
use shared::widget::ContactRequest;

/// Good enough to catch a slip; whether it exists only a mail can tell.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains('@')
}

fn is_phone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// What the form says, if it is enough to reach somebody.
fn contact_of(name: &str, email: &str, phone: &str) -> Option<ContactRequest> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let request = ContactRequest {
        name: given(name),
        email: given(email),
        phone: given(phone),
        ..ContactRequest::default()
    };
    let is_email_good = request.email.as_deref().is_none_or(is_email);
    let is_phone_good = request.phone.as_deref().is_none_or(is_phone);
    let is_reachable = request.email.is_some() || request.phone.is_some();
    (is_reachable && is_email_good && is_phone_good).then_some(request)
}

pub fn contact(chat: Chat) -> El {
    let [name, email, phone] = [(); 3].map(|()| RwSignal::new(String::new()));
    let is_wrong = RwSignal::new(false);
    let is_asked_for = chat.card.get_untracked().is_some();
    let submit = move || {
        let request = contact_of(
            &name.get_untracked(),
            &email.get_untracked(),
            &phone.get_untracked(),
        );
        is_wrong.set(request.is_none());
        if let Some(request) = request {
            chat.leave_contact(request);
            chat.card.set(None);
        }
    };
    let skip = move || {
        chat.card.set(None);
        chat.contact_settled();
    };
    let wrong = move || {
        if is_wrong.get() {
            text(Text::ContactInvalid).to_owned()
        } else {
            String::new()
        }
    };
    let actions = el("div", "actions")
        .add(button("secondary").text(text(Text::NotNow)).on_click(skip))
        .add(el("button", "primary").text(text(Text::Save)));
    el("form", "card")
        .set("aria-labelledby", "contact-title")
        .set("novalidate", "")
        .add(
            el("h3", "")
                .set("id", "contact-title")
                .text(text(Text::ContactTitle)),
        )
        .add(el("p", "").text(text(Text::ContactHint)))
        .add(field(
            Text::Email,
            "email",
            "email",
            EMAIL_CHARS,
            email,
            is_asked_for,
        ))
        .add(
            el("div", "pair")
                .add(field(Text::Name, "text", "name", NAME_CHARS, name, false))
                .add(field(Text::Phone, "tel", "tel", PHONE_CHARS, phone, false)),
        )
        .add(el("p", "wrong").set("role", "alert").bind_text(wrong))
        .add(actions)
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        })
}

fn field(
    label: Text,
    kind: &str,
    autocomplete: &str,
    limit: usize,
    value: RwSignal<String>,
    is_first: bool,
) -> El {
    let input = el("input", "field")
        .set("type", kind)
        .set("autocomplete", autocomplete)
        .set("maxlength", &limit.to_string())
        .set("dir", "auto")
        .on("input", move |event| value.set(value_of(&event)));
    let input = if is_first { input.focused() } else { input };
    el("label", "labelled")
        .add(el("span", "").text(text(label)))
        .add(input)
}

const SCORES: [Text; 5] = [
    Text::Score1,
    Text::Score2,
    Text::Score3,
    Text::Score4,
    Text::Score5,
];

pub fn rating(chat: Chat) -> El {
    let earlier = chat
        .head
        .with(|head| head.rating.as_ref().map(|rating| rating.score));
    let is_dismissable = chat.card.get_untracked().is_some();
    let score = RwSignal::new(u32::from(earlier.unwrap_or(0)));
    let is_sent = RwSignal::new(false);
    let comment = RwSignal::new(String::new());
    let stars = (1..)
        .zip(SCORES)
        .fold(el("div", "stars"), |stars, (value, words)| {
            stars.add(star(chat, score, value, words))
        });
    let fieldset = el("fieldset", "")
        .add(el("legend", "").text(text(Text::RateTitle)))
        .add(stars)
        .add(
            el("p", "verdict")
                .set("aria-hidden", "true")
                .bind_text(move || verdict(score.get()).into()),
        );
    let send = el("button", "primary")
        .text(text(Text::Submit))
        .bind("disabled", move || (score.get() == 0).then(String::new));
    let skip = is_dismissable.then(|| {
        button("secondary")
            .text(text(Text::NotNow))
            .on_click(move || chat.card.set(None))
    });
    let form = el("form", "card")
        .bind_class("gone", move || is_sent.get())
        .add(fieldset)
        .slot_by(
            move || u32::from(score.get() > 0),
            move |is_given| (is_given > 0).then(|| comment_field(comment)),
        )
        .add(el("div", "actions").maybe(skip).add(send))
        .on("submit", move |event| {
            event.prevent_default();
            let Ok(score) = u8::try_from(score.get_untracked()) else {
                return;
            };
            if score > 0 {
                is_sent.set(true);
                chat.rate(score, comment.get_untracked());
            }
        });
    let thanks = move || {
        if is_sent.get() {
            text(Text::RateThanks).to_owned()
        } else {
            String::new()
        }
    };
    el("div", "entry").add(form).add(
        el("p", "entry system")
            .set("role", "status")
            .bind_text(thanks),
    )
}

fn comment_field(comment: RwSignal<String>) -> El {
    el("textarea", "field")
        .set("rows", "2")
        .set("maxlength", &COMMENT_CHARS.to_string())
        .set("dir", "auto")
        .set("aria-label", text(Text::RateComment))
        .set("placeholder", text(Text::RateComment))
        .on("input", move |event| comment.set(value_of(&event)))
}

fn verdict(score: u32) -> &'static str {
    let words = (score as usize)
        .checked_sub(1)
        .and_then(|index| SCORES.get(index));
    words.map_or("\u{a0}", |words| text(*words))
}

fn star(chat: Chat, score: RwSignal<u32>, value: u32, words: Text) -> El {
    let radio = el("input", "unseen")
        .set("type", "radio")
        .set("name", "score")
        .bind("checked", move || (score.get() == value).then(String::new))
        .on("change", move |_| {
            score.set(value);
            chat.show_end();
        });
    el("label", "star")
        .bind_class("lit", move || score.get() >= value)
        .add(radio)
        .add(icon(icon::STAR))
        .add(el("span", "unseen").text(&format!("{value}: {}", text(words))))
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
        for email in [
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a@.b",
            "a@b.",
            "a@b@c.example",
        ] {
            assert_eq!(contact_of("", email, "0301234"), None, "{email}");
        }
        assert_eq!(contact_of("", "a@b.example", "none"), None);
    }

    #[test]
    fn what_is_empty_is_not_sent() {
        let request = contact_of("  ", " a@b.example ", "").expect("a contact");
        assert_eq!(
            (request.name, request.email.as_deref(), request.phone),
            (None, Some("a@b.example"), None)
        );
    }
}
