//! Small words on a coloured ground, and initials in a circle.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Accent,
    Success,
    Warning,
    Danger,
}

impl Tone {
    const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

pub fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <span class="badge" data-tone=tone.name()>{text}</span> }.into_any()
}

/// Digits that fit into an avatar.
const DIGITS: usize = 3;

/// Up to two initials, or a visitor's number, on a ground that stays the same for the same `seed`.
pub fn avatar(name: &str, seed: i64) -> AnyView {
    let tone = seed.rem_euclid(6).to_string();
    view! { <span class="avatar" data-tone=tone aria-hidden="true">{initials(name)}</span> }
        .into_any()
}

/// First letters of the first and the last word. Visitors without a name are told apart by their number.
fn initials(name: &str) -> String {
    let mut words = name
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let last_word = words.clone().next_back().unwrap_or_default();
    if last_word.bytes().all(|byte| byte.is_ascii_digit()) {
        let too_many = last_word.len().saturating_sub(DIGITS);
        return last_word.chars().skip(too_many).collect();
    }
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("élodie"), "É");
        assert_eq!(initials("Visitor 12"), "12");
        assert_eq!(initials("Visitor 70112"), "112");
        assert_eq!(initials("  "), "");
    }
}
