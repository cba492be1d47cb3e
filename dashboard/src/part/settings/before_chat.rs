//! What visitors are asked before they write: fields, consent, and how many conversations they may have open.

use super::form::Form;
use crate::ui::button::{Button, IconButton};
use crate::ui::card::Card;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::icon::Icon;
use crate::ui::switch::Switch;
use leptos::prelude::*;
use shared::limits;
use shared::site::SiteSettings;
use shared::site_texts::{FieldKind, PreChatField};

/// What a field asks for. The first three are the contact's own.
const ASKS: [(&str, &str); 5] = [
    ("name", "Their name"),
    ("email", "Their address of mail"),
    ("phone", "Their phone number"),
    ("text", "A line of text"),
    ("select", "A choice"),
];

#[component]
pub fn BeforeChat(form: Form) -> AnyView {
    let consent = form.value(|settings| settings.consent.text.clone());
    let set_consent = form.set(|settings, text| settings.consent.text = text);
    let limit = form.value(|settings| settings.conversation_limit.to_string());
    let set_limit = form.set(|settings, text: String| {
        if let Ok(limit) = text.trim().parse() {
            settings.conversation_limit = limit;
        }
    });
    view! {
        <Card title="Before the chat" id="before-chat">
            <Fields form />
            <TextArea
                label="Consent" max=limits::CONSENT_CHARS
                hint="Visitors agree to it before their first message. After a change they are asked again."
                value=consent on_input=set_consent error=form.error("consent")
            />
            <TextField
                label="Open conversations of one visitor" kind="number" hint="At most, from 1 to 20. 0: any number."
                value=limit on_input=set_limit error=form.error("conversationLimit")
            />
        </Card>
    }
    .into_any()
}

#[component]
fn Fields(form: Form) -> AnyView {
    let count = form.value(|settings| settings.pre_chat_fields.len());
    let error = form.error("preChatFields");
    let add = Callback::new(move |()| {
        let name = form
            .draft
            .with_untracked(|draft| free_name(&draft.settings));
        form.change_fields(|fields| {
            fields.push(PreChatField {
                name: name.clone(),
                ..PreChatField::default()
            });
        });
    });
    let rows = move || {
        (0..count.get())
            .map(|index| view! { <FieldRow form index /> })
            .collect_view()
    };
    view! {
        <div class="field" role="group" aria-label="Questions before the chat">
            <span class="label">"Questions before the chat"</span>
            <ul class="stack">{rows}</ul>
            {move || (count.get() < limits::PRE_CHAT_FIELDS).then(|| view! {
                <div><Button label="Add a field" icon=Icon::Plus on_press=move |()| add.run(()) /></div>
            })}
            <p class="hint">"Asked before a visitor's first message. With none of them, visitors write at once."</p>
            <p class="field-error" aria-live="polite">{move || error.get()}</p>
        </div>
    }
    .into_any()
}

#[component]
fn FieldRow(form: Form, index: usize) -> AnyView {
    let of = move |read: fn(&PreChatField) -> String| {
        form.value(move |settings| {
            settings
                .pre_chat_fields
                .get(index)
                .map(read)
                .unwrap_or_default()
        })
    };
    let asks = of(|field| asked(field).to_owned());
    let set_asks = form.set(move |settings, asks: String| ask(settings, index, &asks));
    let set_asks = Callback::new(move |asks| {
        set_asks.run(asks);
        form.follow();
    });
    let label = of(|field| field.label.clone());
    let set_label = change(form, index, |field, text| field.label = text);
    let name = of(|field| field.name.clone());
    let set_name = change(form, index, |field, text| field.name = text);
    let options = of(|field| field.options.join("\n"));
    let set_options = change(form, index, |field, text| {
        field.options = text.split('\n').map(str::to_owned).collect();
    });
    let required = form.value(move |settings| {
        let field = settings.pre_chat_fields.get(index);
        field.is_some_and(|field| field.required)
    });
    let set_required = form.set(move |settings, required| {
        if let Some(field) = settings.pre_chat_fields.get_mut(index) {
            field.required = required;
        }
    });
    let remove = Callback::new(move |()| {
        form.change_fields(|fields| {
            if index < fields.len() {
                fields.remove(index);
            }
        });
    });
    let is_own = Signal::derive(move || matches!(asks.get().as_str(), "text" | "select"));
    let is_choice = Signal::derive(move || asks.get() == "select");
    let follow = Callback::new(move |()| form.follow());
    let kinds = ASKS
        .map(|(value, words)| (value.to_owned(), words.to_owned()))
        .to_vec();
    view! {
        <li class="stack">
            <div class="row">
                <strong>{format!("Field {}", index + 1)}</strong>
                <IconButton label=format!("Remove field {}", index + 1) icon=Icon::Close on_press=move |()| remove.run(()) />
            </div>
            <div class="grid two">
                <SelectField label="Asks for" options=kinds value=asks on_change=set_asks />
                <TextField label="Label" max=limits::NAME_CHARS value=label on_input=set_label />
            </div>
            {move || is_own.get().then(|| view! {
                <TextField
                    label="Short name" max=limits::CONTACT_FIELD_NAME_CHARS
                    hint="Under which your team sees the answer: letters, digits, _ and -." value=name on_input=set_name on_change=follow
                />
            })}
            {move || is_choice.get().then(|| view! {
                <TextArea label="Choices" hint="One per line." value=options on_input=set_options on_change=follow />
            })}
            <Switch label="Required" on=required on_change=set_required />
        </li>
    }
    .into_any()
}

fn change(form: Form, index: usize, write: fn(&mut PreChatField, String)) -> Callback<String> {
    form.set(move |settings, text| {
        if let Some(field) = settings.pre_chat_fields.get_mut(index) {
            write(field, text);
        }
    })
}

/// What a field asks for, as [`ASKS`] names it.
fn asked(field: &PreChatField) -> &str {
    match field.name.as_str() {
        "name" | "email" | "phone" => &field.name,
        _ => field.kind.as_str(),
    }
}

fn ask(settings: &mut SiteSettings, index: usize, asks: &str) {
    let free = free_name(settings);
    let Some(field) = settings.pre_chat_fields.get_mut(index) else {
        return;
    };
    let was_own = matches!(asked(field), "text" | "select");
    field.kind = match asks {
        "name" => FieldKind::Text,
        kind => FieldKind::parse(kind).unwrap_or_default(),
    };
    if field.kind != FieldKind::Select {
        field.options.clear();
    }
    match asks {
        "name" | "email" | "phone" => asks.clone_into(&mut field.name),
        _ if !was_own => field.name = free,
        _ => {}
    }
}

/// A name that no field has yet.
fn free_name(settings: &SiteSettings) -> String {
    let is_taken = |name: &String| {
        settings
            .pre_chat_fields
            .iter()
            .any(|field| field.name == *name)
    };
    (1..)
        .map(|number| format!("field_{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{ask, asked, free_name};
    use shared::site::SiteSettings;
    use shared::site_texts::{FieldKind, PreChatField};

    #[test]
    fn what_a_field_asks_for_decides_its_name_and_type() {
        let mut settings = SiteSettings::default();
        for _ in 0..2 {
            let name = free_name(&settings);
            settings.pre_chat_fields.push(PreChatField {
                name,
                ..PreChatField::default()
            });
        }
        let told = |settings: &SiteSettings| {
            let field = &settings.pre_chat_fields[1];
            (field.name.clone(), field.kind, asked(field).to_owned())
        };
        assert_eq!(
            told(&settings),
            ("field_2".into(), FieldKind::Text, "text".into())
        );
        ask(&mut settings, 1, "email");
        assert_eq!(
            told(&settings),
            ("email".into(), FieldKind::Email, "email".into())
        );
        ask(&mut settings, 1, "name");
        assert_eq!(
            told(&settings),
            ("name".into(), FieldKind::Text, "name".into())
        );
        ask(&mut settings, 1, "select");
        assert_eq!(
            told(&settings),
            ("field_2".into(), FieldKind::Select, "select".into())
        );
        settings.pre_chat_fields[1].name = "topic".into();
        settings.pre_chat_fields[1].options = vec!["A".into()];
        ask(&mut settings, 1, "text");
        assert_eq!(
            told(&settings),
            ("topic".into(), FieldKind::Text, "text".into())
        );
        assert!(settings.pre_chat_fields[1].options.is_empty());
    }
}
