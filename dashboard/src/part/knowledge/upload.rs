//! Uploading files: picked or dropped, one after the other, with how far each has come.

use super::Knowledge;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits;
use web_sys::{File, FileList};

/// What the server reads, by the names files of these kinds have.
const ENDINGS: [&str; 6] = [".pdf", ".docx", ".md", ".markdown", ".txt", ".text"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum UploadState {
    Waiting,
    Sending(u8),
    Failed(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Upload {
    id: u32,
    name: String,
    state: UploadState,
}

#[component]
pub fn UploadZone(knowledge: Knowledge) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let uploads = RwSignal::new(Vec::<Upload>::new());
    let next_id = StoredValue::new(0_u32);
    let take = move |files: Option<FileList>| {
        let Some(files) = files else { return };
        let mut queue = Vec::new();
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            let id = next_id.get_value();
            next_id.set_value(id + 1);
            let problem = refusal(&file.name(), file.size());
            let state = problem
                .clone()
                .map_or(UploadState::Waiting, UploadState::Failed);
            uploads.update(|list| {
                list.push(Upload {
                    id,
                    name: file.name(),
                    state,
                })
            });
            if problem.is_none() {
                queue.push((id, file));
            }
        }
        let site = knowledge.site();
        spawn_local(async move {
            for (id, file) in queue {
                send(knowledge, &site, uploads, id, file).await;
            }
        });
    };
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            take(input.files());
            // So that the same file can be picked again after it was changed.
            input.set_value("");
        }
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|transfer| transfer.files()));
    };
    view! {
        <label
            class="drop-zone"
            class:over=over
            on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <input
                node_ref=input class="visually-hidden" type="file" multiple=true accept=ENDINGS.join(",")
                on:change=pick
            />
            {Icon::Upload.view()}
            <span><strong>"Drop files here"</strong>" or choose them. PDF, Word, Markdown and text, up to 10 MB each."</span>
        </label>
        <ul class="uploads" aria-live="polite">
            <For
                each=move || uploads.get()
                key=|upload| (upload.id, upload.state.clone() == UploadState::Waiting, matches!(upload.state, UploadState::Failed(_)))
                children=move |upload| upload_row(uploads, upload)
            />
        </ul>
    }
    .into_any()
}

fn refusal(name: &str, bytes: f64) -> Option<String> {
    let known = ENDINGS
        .iter()
        .any(|ending| name.to_ascii_lowercase().ends_with(ending));
    if !known {
        return Some(
            "Only PDF, Word (.docx), Markdown (.md) and text (.txt) can be read.".to_owned(),
        );
    }
    if bytes > limits::DOCUMENT_BYTES as f64 {
        return Some("Larger than 10 MB.".to_owned());
    }
    (bytes == 0.0).then(|| "The file is empty.".to_owned())
}

async fn send(
    knowledge: Knowledge,
    site: &str,
    uploads: RwSignal<Vec<Upload>>,
    id: u32,
    file: File,
) {
    let set = move |state: UploadState| {
        uploads.update(|list| {
            if let Some(upload) = list.iter_mut().find(|upload| upload.id == id) {
                upload.state = state;
            }
        });
    };
    set(UploadState::Sending(0));
    let outcome = knowledge
        .api
        .upload_knowledge(site, &file, move |percent| {
            set(UploadState::Sending(percent))
        })
        .await;
    match outcome {
        Ok(item) => {
            uploads.update(|list| list.retain(|upload| upload.id != id));
            knowledge.added(item);
        }
        Err(error) => set(UploadState::Failed(error.message)),
    }
}

fn upload_row(uploads: RwSignal<Vec<Upload>>, upload: Upload) -> AnyView {
    let Upload { id, name, state } = upload;
    let progress = Memo::new(move |_| {
        uploads.with(|list| {
            list.iter()
                .find(|upload| upload.id == id)
                .map(|upload| match upload.state {
                    UploadState::Sending(percent) => percent,
                    UploadState::Waiting | UploadState::Failed(_) => 0,
                })
        })
    });
    let label = format!("Uploading {name}");
    let close_label = format!("Dismiss {name}");
    let detail = match state {
        UploadState::Failed(reason) => view! {
            <span class="field-error">{reason}</span>
            <IconButton
                label=close_label icon=Icon::Close
                on_press=move |()| uploads.update(|list| list.retain(|upload| upload.id != id))
            />
        }
        .into_any(),
        UploadState::Waiting => view! { <span class="faint">"Waiting"</span> }.into_any(),
        UploadState::Sending(_) => view! {
            <progress max="100" aria-label=label prop:value=move || f64::from(progress.get().unwrap_or_default())></progress>
        }
        .into_any(),
    };
    view! { <li>{Icon::File.view()}<span class="upload-name">{name}</span>{detail}</li> }.into_any()
}
