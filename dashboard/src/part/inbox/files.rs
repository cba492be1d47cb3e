//! Files of a conversation: pictures are shown, everything else is downloaded.

use crate::browser;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use leptos::prelude::*;
use shared::conversation::UploadedFile;
use shared::message::FileReference;

/// A file that hangs on a message.
pub fn file_view(file: FileReference) -> AnyView {
    let FileReference {
        filename,
        content_type,
        size,
        url,
        ..
    } = file;
    // The server that shows this page serves the file too, whatever its public name is.
    let Some(path) = browser::path_of(&url) else {
        return named(&filename, size);
    };
    if content_type.starts_with("image/") {
        return picture(filename, path);
    }
    let kept_as = filename.clone();
    view! {
        <a class="file" href=path download=kept_as>
            {Icon::File.view()}<span class="file-name" dir="auto">{filename}</span><span class="faint">{size_in_words(size)}</span>
        </a>
    }
    .into_any()
}

/// A file of a reply that is on its way.
pub fn pending_file(file: &UploadedFile) -> AnyView {
    named(&file.filename, file.size)
}

fn named(filename: &str, size: i64) -> AnyView {
    let filename = filename.to_owned();
    view! { <p class="file">{Icon::File.view()}<span class="file-name" dir="auto">{filename}</span><span class="faint">{size_in_words(size)}</span></p> }
        .into_any()
}

/// Small in the thread, large when pressed.
fn picture(filename: String, path: String) -> AnyView {
    let open = RwSignal::new(false);
    let (name, address) = (filename.clone(), path.clone());
    view! {
        <button type="button" class="picture" aria-label=format!("Show {filename} in full") on:click=move |_| open.set(true)>
            <img src=path alt="" loading="lazy" />
        </button>
        <Dialog title=filename wide=true open>
            <div class="dialog-body picture-large">
                <img src=address.clone() alt=name.clone() />
                <a class="button" href=address.clone() download=name.clone()>"Download"</a>
            </div>
        </Dialog>
    }
    .into_any()
}

/// "812 bytes", "34 KB", "1.2 MB"
pub fn size_in_words(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KB", (bytes + 512) / 1_024),
        _ => {
            let tenths = (bytes * 10 + 524_288) / 1_048_576;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::size_in_words;

    #[test]
    fn sizes_read_well() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1_023, "1023 bytes"),
            (1_024, "1 KB"),
            (34_500, "34 KB"),
            (1_258_291, "1.2 MB"),
            (10 << 20, "10.0 MB"),
        ] {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
