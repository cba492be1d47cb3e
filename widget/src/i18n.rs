//! What the panel itself says. The texts of a language are a file of `locales/`, fetched beside the program and again when the
//! language changes; this names them. What only parts show stands in `locales/parts/` and is named by their scripts alone.

use js_sys::{Array, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

use crate::{line, wire};

#[wasm_bindgen(module = "/src/language.js")]
extern "C" {
    #[wasm_bindgen(js_name = languageOf)]
    fn language_of(tag: &str) -> String;
    #[wasm_bindgen(js_name = fetchTexts)]
    fn fetch_texts(tag: &str) -> Promise;
    fn adopt(tag: &str, texts: &JsValue);
    #[wasm_bindgen(js_name = plural)]
    fn plural_of(key: u32, count: u32) -> String;
    /// The size of a file in words.
    #[wasm_bindgen(js_name = sizeOf)]
    pub fn size_of(bytes: f64) -> String;
}

type Texts = &'static [&'static str];

thread_local! {
    static TEXTS: Cell<Texts> = const { Cell::new(&[]) };
    static TAG: RefCell<String> = const { RefCell::new(String::new()) };
    /// Every language that has been spoken, kept for as long as the panel lives.
    static LEARNT: RefCell<Vec<(JsValue, Texts)>> = const { RefCell::new(Vec::new()) };
}

/// A text in the panel's language. A change of language builds the view anew, so this is not reactive.
pub fn text(key: Text) -> &'static str {
    TEXTS.get().get(key as usize).copied().unwrap_or_default()
}

/// A text with a value in the place of its `{name}`.
pub fn filled(key: Text, value: &str) -> String {
    text(key).replace("{name}", value)
}

/// A text about a number, in the plural form that the language has for it.
pub fn plural(key: Text, count: usize) -> String {
    plural_of(key as u32, u32::try_from(count).unwrap_or(u32::MAX))
}

/// Whether a tag asks for another language than the one that is spoken.
pub fn is_other(tag: &str) -> bool {
    TAG.with_borrow(|spoken| language_of(spoken) != language_of(tag))
}

/// The tag of the language that is spoken, with its region if it was asked for with one.
pub fn tag() -> String {
    TAG.with_borrow(Clone::clone)
}

/// Brings what `speak` takes, for a tag. Null: the network gave neither this language nor English.
pub fn fetch(tag: &str, then: impl FnOnce(JsValue) + 'static) {
    line::when(fetch_texts(tag), then);
}

/// Speaks a language from now on. False: there are no texts.
pub fn speak(found: &JsValue) -> bool {
    let texts = wire::field(found, "texts");
    let Some(tag) = wire::text(found, "tag") else {
        return false;
    };
    adopt(&tag, &texts);
    TEXTS.set(learn(texts));
    TAG.set(tag);
    true
}

fn learn(list: JsValue) -> Texts {
    LEARNT.with_borrow_mut(|learnt| {
        if let Some((_, texts)) = learnt.iter().find(|(known, _)| *known == list) {
            return *texts;
        }
        // Texts about a number are not strings; `plural` asks for those.
        let text = |text: JsValue| &*text.as_string().unwrap_or_default().leak();
        let texts = Array::from(&list).into_iter().map(text);
        let texts: Texts = texts.collect::<Vec<_>>().leak();
        learnt.push((list, texts));
        texts
    })
}

macro_rules! texts {
    ($($key:ident,)+) => {
        /// The keys, in the order of the files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Text { $($key),+ }

        impl Text {
            pub const ALL: &'static [Self] = &[$(Self::$key),+];
        }
    };
}

texts! {
    Close,
    Menu,
    Messages,
    StatusAssistant,
    StatusTeam,
    StatusWaiting,
    StatusOperator,
    StatusEnded,
    Assistant,
    AssistantTag,
    Operator,
    You,
    Placeholder,
    PlaceholderPerson,
    YourMessage,
    Send,
    Stop,
    CharactersLeft,
    CharactersOver,
    TalkToHuman,
    Ticket,
    Email,
    Phone,
    ContactThanks,
    ContactDetails,
    Away,
    AwayUntil,
    Conversations,
    Transcript,
    MailTranscript,
    Sending,
    Queued,
    Sent,
    Seen,
    NotSent,
    Retry,
    Edit,
    ErrorNetwork,
    ErrorRate,
    ErrorBlocked,
    BlockedUntil,
    ErrorDisabled,
    ErrorOther,
    Interrupted,
    Unavailable,
    AskAgain,
    Sources,
    Source,
    OpenSource,
    Helpful,
    NotHelpful,
    ReasonPlaceholder,
    Submit,
    Thanks,
    Rate,
    EndConversation,
    NewConversation,
    Ended,
    Reconnecting,
    Offline,
    Copy,
    Copied,
    Earlier,
    Latest,
    NewMessages,
    Edited,
    EditMessage,
    Unsend,
    TooLate,
    Limited,
    TryAgain,
    Attach,
    Camera,
    DropHere,
    Download,
    OpenImage,
    AiDisclosure,
    SoundOn,
    SoundOff,
    Dictate,
    Emoji,
    ReadAloud,
    MicrophoneRefused,
    NotHeard,
    VoiceFailed,
    IsWriting,
    Loading,
    ContactPage,
    Website,
    Privacy,
    Terms,
    Suggestions,
}

#[cfg(test)]
mod tests {
    use super::Text;
    use serde_json::{Map, Value};
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// Forms that whole numbers take, by CLDR; `other` besides, which stands for what is missing.
    const LANGUAGES: [(&str, &[&str]); 16] = [
        ("ar", &["zero", "one", "two", "few", "many", "other"]),
        ("de", &["one", "other"]),
        ("en", &["one", "other"]),
        ("es", &["one", "other"]),
        ("fr", &["one", "other"]),
        ("he", &["one", "two", "other"]),
        ("hi", &["one", "other"]),
        ("it", &["one", "other"]),
        ("ja", &["other"]),
        ("nl", &["one", "other"]),
        ("pl", &["one", "few", "many", "other"]),
        ("pt", &["one", "other"]),
        ("ru", &["one", "few", "many", "other"]),
        ("tr", &["one", "other"]),
        ("uk", &["one", "few", "many", "other"]),
        ("zh", &["other"]),
    ];

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")
    }

    fn texts(language: &str) -> Map<String, Value> {
        read(&folder().join(language).with_extension("json"))
    }

    fn part_texts(language: &str) -> Map<String, Value> {
        read(&folder().join("parts").join(language).with_extension("json"))
    }

    fn read(path: &Path) -> Map<String, Value> {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let value: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        value.as_object().expect("an object").clone()
    }

    fn names() -> BTreeSet<String> {
        Text::ALL.iter().map(|key| format!("{key:?}")).collect()
    }

    fn part_names() -> BTreeSet<String> {
        part_texts("en").keys().cloned().collect()
    }

    /// `{count}` and the like, in the order of the alphabet.
    fn placeholders(text: &str) -> BTreeSet<&str> {
        let starts = text.split('{').skip(1);
        starts.filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn there_is_a_file_for_each_language_and_no_other() {
        let files = |folder: PathBuf| -> BTreeSet<String> {
            let files = std::fs::read_dir(folder).expect("locales").flatten();
            let files = files.filter(|file| file.path().is_file());
            files
                .map(|file| file.file_name().to_string_lossy().into_owned())
                .collect()
        };
        let expected = BTreeSet::from(LANGUAGES.map(|(language, _)| format!("{language}.json")));
        assert_eq!(files(folder()), expected);
        assert_eq!(files(folder().join("parts")), expected);
    }

    #[test]
    fn every_text_is_in_every_language_and_none_besides() {
        for (language, _) in LANGUAGES {
            let keys: BTreeSet<String> = texts(language).keys().cloned().collect();
            assert_eq!(keys, names(), "{language}");
            let keys: BTreeSet<String> = part_texts(language).keys().cloned().collect();
            assert_eq!(keys, part_names(), "{language}");
            assert!(keys.is_disjoint(&names()), "{language}");
        }
    }

    /// The files are packed as lists, in the order of the English one.
    #[test]
    fn the_english_file_has_the_order_of_the_keys() {
        let file = std::fs::read_to_string(folder().join("en.json")).expect("en.json");
        let position = |key: &Text| file.find(&format!("\n  \"{key:?}\":")).expect("a key");
        assert!(Text::ALL.iter().map(position).is_sorted());
    }

    #[test]
    fn every_text_says_something_with_the_same_placeholders() {
        let all = |language| texts(language).into_iter().chain(part_texts(language));
        let english: Map<String, Value> = all("en").collect();
        for (language, forms) in LANGUAGES {
            for (key, value) in all(language) {
                match (&value, &english[&key]) {
                    (Value::String(text), Value::String(english)) => {
                        assert!(!text.trim().is_empty(), "{language} {key}");
                        assert_eq!(
                            placeholders(text),
                            placeholders(english),
                            "{language} {key}"
                        );
                    }
                    (Value::Object(given), Value::Object(_)) => {
                        let keys: BTreeSet<&str> = given.keys().map(String::as_str).collect();
                        assert_eq!(keys, forms.iter().copied().collect(), "{language} {key}");
                        for (form, text) in given {
                            let text = text.as_str().expect("a text");
                            // "One" and "two" may be said in words.
                            let is_word = matches!(form.as_str(), "zero" | "one" | "two");
                            let is_counted = placeholders(text) == BTreeSet::from(["count"]);
                            assert!(is_counted || is_word, "{language} {key} {form}");
                            assert!(!text.trim().is_empty(), "{language} {key} {form}");
                        }
                    }
                    _ => panic!("{language} {key}: not of the kind that the English text is"),
                }
            }
        }
    }

    /// A text that nothing shows is dead weight for every visitor, and so is one that waits for a part to be used.
    #[test]
    fn every_text_is_used_where_it_stands() {
        let (code, parts) = (
            code(&["src", "src/view", "src/markdown", "src/chat"]),
            code(&["parts"]),
        );
        let (words, part_words) = (words(&code), words(&parts));
        let is_used = |words: &BTreeSet<&str>, key: &str| {
            ["::", "."]
                .iter()
                .any(|dots| words.contains(&*format!("Text{dots}{key}")))
        };
        for key in names() {
            assert!(is_used(&words, &key), "{key} is not used before a part is");
        }
        for key in part_names() {
            assert!(is_used(&part_words, &key), "{key} is not used in parts");
            assert!(!is_used(&words, &key), "{key} is used before a part is");
        }
    }

    /// Scripts name texts as `Text.Save`, which packing makes a position of.
    #[test]
    fn scripts_name_only_texts_that_there_are() {
        let names: BTreeSet<String> = names().union(&part_names()).cloned().collect();
        for word in words(&code(&["parts"])) {
            if let Some(key) = word.strip_prefix("Text.") {
                assert!(names.contains(key), "{key} is no text");
            }
        }
    }

    fn code(folders: &[&str]) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = folders
            .iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).into_iter().flatten());
        files
            .flatten()
            .map(|file| file.path())
            .filter(|path| path.is_file() && !path.ends_with("i18n.rs"))
            .map(|path| std::fs::read_to_string(path).expect("code"))
            .collect()
    }

    /// What stands between signs: `Text::Save` and `Text.Save` are one each.
    fn words(code: &str) -> BTreeSet<&str> {
        code.split(|letter: char| !letter.is_alphanumeric() && letter != ':' && letter != '.')
            .collect()
    }

    #[test]
    fn the_program_and_its_texts_name_the_same_languages() {
        let script = include_str!("language.js");
        let line = script
            .lines()
            .find_map(|line| line.strip_prefix("const LANGUAGES = "))
            .expect("the list");
        let listed: Vec<String> =
            serde_json::from_str(line.trim_end_matches(';')).expect("a list of texts");
        assert_eq!(listed, LANGUAGES.map(|(language, _)| language.to_owned()));
    }
}
