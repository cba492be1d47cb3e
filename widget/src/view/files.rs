//! Files that came with a message: pictures to look at, everything else to save.

use super::dom::{El, el};
use super::icon::{self, icon};
use crate::i18n::{self, Text, filled};
use crate::model::Entry;
use leptos::prelude::*;
use shared::message::FileReference;

/// The files of an entry, as soon as it has any.
pub fn files(entry: ArcRwSignal<Entry>) -> El {
    let count = {
        let entry = entry.clone();
        move || entry.with(|entry| entry.files.len() as u32)
    };
    el("div", "files").slot_by(count, move |count| {
        (count > 0).then(|| {
            entry.with(|entry| {
                let list = el("div", "");
                entry.files.iter().map(shown).fold(list, El::add)
            })
        })
    })
}

fn shown(file: &FileReference) -> El {
    let name = &file.filename;
    let link = el("a", "")
        .set("href", &file.url)
        .set("title", name)
        .set("download", name);
    if file.content_type.starts_with("image/") {
        // Opened by a part, see `thread::clicked`; without it the browser saves the picture.
        let picture = el("img", "").set("src", &file.url).set("alt", "");
        return link
            .set("class", "picture")
            .set("aria-label", &filled(Text::OpenImage, name))
            .add(picture);
    }
    link.set("class", "file")
        .set("aria-label", &filled(Text::Download, name))
        .add(icon(icon::PAGE))
        .add(el("span", "title").set("dir", "auto").text(name))
        .add(el("small", "").text(&i18n::size_of(file.size as f64)))
}
