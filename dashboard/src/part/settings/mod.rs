//! Appearance and behaviour of a site: the form, its preview, and saving.

mod assistant;
mod before_chat;
mod follow;
mod form;
pub mod hours;
mod hours_editor;
mod looks;
mod places;
mod preview;
mod translations;
mod words;

use crate::api::Api;
use crate::api::sites::SiteDocument;
use crate::state::leave_guard::LeaveGuard;
use crate::state::load::{Load, Loader};
use crate::state::toast::Toasts;
use crate::state::unsaved::UnsavedSettings;
use crate::ui::button::{Button, Look};
use crate::ui::empty::error_state;
use crate::ui::icon::Icon;
use crate::ui::skeleton::skeleton_cards;
use form::Form;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::site::Bot;

/// Fields that show their own error.
const FIELDS: [&str; 41] = [
    "primaryColor",
    "buttonColor",
    "bgColor",
    "fontColor",
    "glowColor",
    "theme",
    "position",
    "cornerStyle",
    "dropShadow",
    "glowSize",
    "glowStrength",
    "offsetX",
    "offsetY",
    "displayName",
    "greetingText",
    "welcomeMessage",
    "starterQuestions",
    "offlineMessage",
    "preChatFields",
    "consent",
    "translations",
    "conversationLimit",
    "language",
    "aiMode",
    "aiReplyDelaySec",
    "starterPrompt",
    "agentInstructions",
    "disclosure",
    "businessHours",
    "domain",
    "allowedOrigins",
    "contactEmail",
    "contactPhone",
    "websiteUrl",
    "contactUrl",
    "tosUrl",
    "privacyUrl",
    "linkSafety",
    "sttProvider",
    "ttsVoice",
    "ttsSpeed",
];

#[component]
pub fn SettingsTab(bot: Bot, #[prop(into)] on_renamed: Callback<String>) -> AnyView {
    let api = expect_context::<Api>();
    let document = Loader::<SiteDocument>::new();
    let id = bot.id;
    document.run(api.site_settings(id));
    let bot = StoredValue::new(bot);
    let shown = move || match document.get() {
        Load::Loading => skeleton_cards(3),
        Load::Failed(error) => error_state(&error, move || document.run(api.site_settings(id))),
        Load::Ready(saved) => view! { <Editor bot=bot.get_value() saved on_renamed /> }.into_any(),
    };
    shown.into_any()
}

#[component]
fn Editor(bot: Bot, saved: SiteDocument, on_renamed: Callback<String>) -> AnyView {
    let guard = expect_context::<LeaveGuard>();
    let unsaved = expect_context::<UnsavedSettings>();
    let toasts = expect_context::<Toasts>();
    let kept = unsaved.take(bot.id);
    if kept.is_some() {
        toasts.done("Your unsaved changes are here again.");
    }
    let form = Form::new(saved.clone(), kept.unwrap_or(saved));
    let dirty = Memo::new(move |_| form.is_dirty());
    Effect::new(move |_| guard.set_dirty(dirty.get()));
    let id = bot.id;
    on_cleanup(move || {
        form.follow();
        // Whoever chose to leave has given the changes up; whoever went back was not asked.
        if guard.is_dirty_now()
            && let Some(draft) = form.draft.try_get_untracked()
        {
            unsaved.keep(id, draft);
        }
        guard.set_dirty(false);
    });
    let previewing = RwSignal::new(false);
    view! {
        <div class="settings" data-view=move || if previewing.get() { "preview" } else { "form" }>
            <div class="column settings-form">
                <looks::Looks form />
                <words::Words form />
                <before_chat::BeforeChat form />
                <translations::Translations form chatbot_id=bot.public_id.clone() />
                <assistant::Assistant form />
                <hours_editor::HoursEditor form />
                <places::Availability form />
                <places::Contact form />
                <places::Links form />
                <places::Voice form />
            </div>
            <aside class="settings-preview" aria-label="Preview"><preview::Preview bot=bot.clone() form /></aside>
            <SaveBar id=bot.id form dirty previewing on_renamed />
        </div>
    }
    .into_any()
}

#[component]
fn SaveBar(
    id: i64,
    form: Form,
    dirty: Memo<bool>,
    previewing: RwSignal<bool>,
    on_renamed: Callback<String>,
) -> AnyView {
    let api = expect_context::<Api>();
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let save = Callback::new(move |()| {
        form.follow();
        form.error.set(form.too_much());
        if form.error.with_untracked(Option::is_some) {
            request_animation_frame(show_first_error);
            return;
        }
        busy.set(true);
        let (saved, draft) = (form.saved.get_untracked(), form.draft.get_untracked());
        spawn_local(async move {
            match api.save_site_settings(id, &saved, &draft).await {
                Ok(stored) => {
                    // The page may have gone meanwhile.
                    let _told = on_renamed.try_run(stored.settings.display_name.clone());
                    // What was typed while the request was under way stays.
                    if form.draft.try_with_untracked(|now| *now == draft) == Some(true) {
                        form.replace(stored.clone());
                    }
                    form.saved.set(stored);
                    toasts.done("Saved. Visitors see it with their next page view, a minute from now at the latest.");
                }
                Err(error) if error.is_for_any(&FIELDS) => {
                    form.error.set(Some(error));
                    request_animation_frame(show_first_error);
                }
                Err(error) => toasts.error(&error),
            }
            busy.set(false);
        });
    });
    let discard = Callback::new(move |()| {
        form.error.set(None);
        form.replace(form.saved.get_untracked());
    });
    let state = move || {
        if form.error.with(Option::is_some) {
            Some("Not saved: one field needs another look.")
        } else {
            dirty.get().then_some("Unsaved changes")
        }
    };
    let toggle_label = Signal::derive(move || {
        if previewing.get() {
            "Back to the settings".to_owned()
        } else {
            "Preview".to_owned()
        }
    });
    view! {
        <div class="save-bar" class:shown=move || dirty.get()>
            <p role="status">{state}</p>
            <div class="preview-toggle">
                <Button label=toggle_label icon=Icon::Monitor on_press=move |()| previewing.update(|on| *on = !*on) />
            </div>
            <Button label="Discard" look=Look::Quiet disabled=Signal::derive(move || !dirty.get()) on_press=discard />
            <Button label="Save" look=Look::Primary busy disabled=Signal::derive(move || !dirty.get()) on_press=save />
        </div>
    }
    .into_any()
}

/// Brings what was refused into sight and the focus into it, where it is a field.
fn show_first_error() {
    use wasm_bindgen::JsCast;
    let field = crate::browser::document()
        .and_then(|document| {
            document
                .query_selector(".settings-form :is([aria-invalid=true],.field-error:not(:empty))")
                .ok()
                .flatten()
        })
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(field) = field {
        let _focused = field.focus();
        field.scroll_into_view();
    }
}
