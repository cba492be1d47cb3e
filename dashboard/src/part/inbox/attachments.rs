//! Files that go with the next reply: judged before a byte is sent, uploaded while the operator writes.

use super::files::size_in_words;
use crate::api::Api;
use crate::api::upload::Upload;
use crate::browser;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::conversation::UploadedFile;
use shared::limits;
use std::collections::HashMap;
use web_sys::{File, FileList};

/// What the server takes, by the names that files of these kinds have.
pub const ENDINGS: [&str; 10] = [
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".docx", ".txt", ".md", ".csv",
];
const IMAGES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

#[derive(Debug, Clone, PartialEq)]
enum UploadState {
    Sending(u8),
    Done(UploadedFile),
    Failed(String),
}

#[derive(Debug, Clone, PartialEq)]
struct Attachment {
    /// Names it in this browser, and its upload before the server.
    key: String,
    name: String,
    size: i64,
    state: UploadState,
}

/// The files of one composer.
#[derive(Clone, Copy)]
pub struct Attachments {
    list: RwSignal<Vec<Attachment>>,
    /// Why some could not be taken at all.
    refused: RwSignal<Vec<String>>,
    /// The file of each, and what carries it.
    running: StoredValue<HashMap<String, (File, Upload)>, LocalStorage>,
    conversation: StoredValue<String>,
    api: Api,
}

impl Attachments {
    pub fn new(conversation: String, api: Api) -> Self {
        let attachments = Self {
            list: RwSignal::new(Vec::new()),
            refused: RwSignal::new(Vec::new()),
            running: StoredValue::new_local(HashMap::new()),
            conversation: StoredValue::new(conversation),
            api,
        };
        on_cleanup(move || {
            let _gone = attachments.running.try_with_value(|running| {
                for (_, upload) in running.values() {
                    upload.end();
                }
            });
        });
        attachments
    }

    /// Takes files that were picked, pasted or dropped. False: there were none.
    pub fn take(self, files: Option<FileList>) -> bool {
        let files: Vec<File> = files
            .map(|files| {
                (0..files.length())
                    .filter_map(|index| files.get(index))
                    .collect()
            })
            .unwrap_or_default();
        self.refused.set(Vec::new());
        for file in &files {
            let count = self.list.with_untracked(Vec::len);
            if let Some(problem) = refusal(&file.name(), &file.type_(), file.size(), count) {
                self.refused.update(|refused| refused.push(problem));
                continue;
            }
            let key = browser::random_id();
            self.list.update(|list| {
                list.push(Attachment {
                    key: key.clone(),
                    name: file.name(),
                    size: file.size() as i64,
                    state: UploadState::Sending(0),
                })
            });
            self.upload(key, file.clone());
        }
        !files.is_empty()
    }

    fn upload(self, key: String, file: File) {
        let Some(upload) = Upload::new() else {
            return;
        };
        let _kept = self.running.try_update_value(|running| {
            running.insert(key.clone(), (file.clone(), upload.clone()))
        });
        self.set(&key, UploadState::Sending(0));
        spawn_local(async move {
            let told = key.clone();
            let conversation = self.conversation.get_value();
            let outcome = self
                .api
                .upload_for_reply(&conversation, &upload, &key, &file, move |percent| {
                    self.set(&told, UploadState::Sending(percent))
                })
                .await;
            match outcome {
                Ok(file) => self.set(&key, UploadState::Done(file)),
                Err(error) => self.set(&key, UploadState::Failed(error.message)),
            }
        });
    }

    /// What was taken away meanwhile, or went with the composer, stays away.
    fn set(self, key: &str, state: UploadState) {
        let _gone = self.list.try_update(|list| {
            if let Some(found) = list.iter_mut().find(|one| one.key == key) {
                found.state = state;
            }
        });
    }

    fn remove(self, key: &str) {
        let running = self
            .running
            .try_update_value(|running| running.remove(key))
            .flatten();
        if let Some((_, upload)) = running {
            upload.end();
        }
        self.list.update(|list| list.retain(|one| one.key != key));
    }

    fn retry(self, key: String) {
        let file = self
            .running
            .try_with_value(|running| running.get(&key).map(|(file, _)| file.clone()))
            .flatten();
        if let Some(file) = file {
            self.upload(key, file);
        }
    }

    pub fn is_empty(self) -> bool {
        self.list.with(Vec::is_empty)
    }

    /// All are uploaded: the reply can go.
    pub fn is_whole(self) -> bool {
        self.list.with(|list| {
            list.iter()
                .all(|one| matches!(one.state, UploadState::Done(_)))
        })
    }

    /// Those that are uploaded, handed over to a reply.
    pub fn hand_over(self) -> Vec<UploadedFile> {
        let taken = self.list.get_untracked();
        self.list.set(Vec::new());
        self.refused.set(Vec::new());
        self.running.update_value(HashMap::clear);
        let uploaded = |one: Attachment| match one.state {
            UploadState::Done(file) => Some(file),
            UploadState::Sending(_) | UploadState::Failed(_) => None,
        };
        taken.into_iter().filter_map(uploaded).collect()
    }
}

/// Why a file cannot be sent.
fn refusal(name: &str, kind: &str, bytes: f64, count: usize) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let is_known = ENDINGS.iter().any(|ending| lower.ends_with(ending)) || IMAGES.contains(&kind);
    if count >= limits::FILES_PER_MESSAGE {
        let most = limits::FILES_PER_MESSAGE;
        return Some(format!("At most {most} files go with one reply."));
    }
    if !is_known {
        return Some(format!(
            "{name}: only images, PDF, DOCX, TXT, MD and CSV can be sent."
        ));
    }
    if bytes > limits::UPLOAD_BYTES as f64 {
        return Some(format!("{name} is larger than 10 MB."));
    }
    (bytes == 0.0).then(|| format!("{name} is empty."))
}

/// The files above the composer.
#[component]
pub fn AttachmentTray(attachments: Attachments) -> AnyView {
    let refused = move || {
        attachments
            .refused
            .get()
            .into_iter()
            .map(|problem| view! { <p class="field-error">{problem}</p> })
            .collect_view()
    };
    view! {
        <div role="alert">{refused}</div>
        <ul class="attachments" aria-label="Attachments">
            <For each=move || attachments.list.get() key=|one| one.key.clone() children=move |one| row(attachments, one) />
        </ul>
    }
    .into_any()
}

fn row(attachments: Attachments, attachment: Attachment) -> AnyView {
    let Attachment {
        key, name, size, ..
    } = attachment;
    let state = {
        let key = key.clone();
        Memo::new(move |_| {
            attachments.list.with(|list| {
                let found = list.iter().find(|one| one.key == key);
                found.map(|one| one.state.clone())
            })
        })
    };
    let percent = Memo::new(move |_| match state.get() {
        Some(UploadState::Sending(percent)) => Some(percent),
        _ => None,
    });
    let key = StoredValue::new(key);
    let label = StoredValue::new(format!("Uploading {name}"));
    let (remove_label, retry_label) = (format!("Remove {name}"), format!("Try {name} again"));
    let detail = move || {
        match state.get() {
        _ if percent.with(Option::is_some) => view! {
            <progress max="100" aria-label=label.get_value() prop:value=move || f64::from(percent.get().unwrap_or_default())></progress>
        }
        .into_any(),
        Some(UploadState::Failed(reason)) => view! {
            <span class="field-error" role="alert">{reason}</span>
            <button type="button" class="link-button" aria-label=retry_label.clone() on:click=move |_| attachments.retry(key.get_value())>"Try again"</button>
        }
        .into_any(),
        _ => view! { <span class="faint">{size_in_words(size)}</span> }.into_any(),
    }
    };
    view! {
        <li>
            {Icon::File.view()}<span class="upload-name" dir="auto">{name}</span>{detail}
            <IconButton label=remove_label icon=Icon::Close on_press=move |()| attachments.remove(&key.get_value()) />
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn files_are_refused_by_kind_size_and_number_before_they_are_sent() {
        for (name, kind) in [
            ("a.png", ""),
            ("A.JPEG", ""),
            ("report.PDF", "application/pdf"),
            ("blob", "image/webp"),
        ] {
            assert_eq!(refusal(name, kind, 10.0, 0), None, "{name}");
        }
        for (name, kind) in [("a.exe", ""), ("a.svg", "image/svg+xml"), ("pdf", "")] {
            assert!(refusal(name, kind, 10.0, 0).is_some_and(|text| text.contains("only images")));
        }
        let large = refusal("a.png", "", 10_485_761.0, 0);
        assert!(large.is_some_and(|text| text.contains("10 MB")));
        assert_eq!(refusal("a.png", "", 10_485_760.0, 9), None);
        assert!(refusal("a.png", "", 10.0, 10).is_some_and(|text| text.contains("At most 10")));
        assert!(refusal("a.png", "", 0.0, 0).is_some_and(|text| text.contains("empty")));
    }
}
