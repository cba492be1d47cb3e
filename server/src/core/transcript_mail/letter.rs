//! A conversation as a letter: the same words as plain text and as HTML.

use super::markup::{as_typed, escaped, html};
use super::words::{Words, direction, words};
use crate::core::mail::Letter;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::markdown::parse::parse;
use shared::message::{Message, Role};
use std::fmt::Write;

const PAGE: &str = "margin:0;padding:24px 16px;background:#f3f4f6;color:#1f2430;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const BUBBLE: &str = "margin:0 0 12px;padding:12px 16px;border:1px solid #e1e4ea;border-radius:12px;background:#ffffff";
const SMALL: &str = "margin:0 0 4px;color:#5a6272;font-size:14px";

/// What of a conversation goes into a letter, and for whom.
pub(super) struct Told<'a> {
    pub to: &'a str,
    pub site_name: &'a str,
    /// The site's own address of mail: replies go there.
    pub reply_to: Option<&'a str>,
    pub locale: &'a str,
    /// An IANA name; UTC where there is none of this name.
    pub time_zone: &'a str,
    pub messages: &'a [Message],
}

/// One message, ready for both forms.
struct Line<'a> {
    message: &'a Message,
    who: &'a str,
    when: String,
}

pub(super) fn letter(told: &Told) -> Letter {
    let (language, words) = words(told.locale);
    let zone = TimeZone::get(told.time_zone).unwrap_or(TimeZone::UTC);
    let zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
    let lines: Vec<Line> = told
        .messages
        .iter()
        .map(|message| Line {
            message,
            who: who(message, words),
            when: when(&message.created_at, &zone),
        })
        .collect();
    let about = |text: &str| {
        text.replace("{site}", told.site_name)
            .replace("{zone}", &zone_name)
    };
    Letter {
        to: told.to.to_owned(),
        reply_to: told.reply_to.map(str::to_owned),
        subject: about(&words.subject),
        text: plain(words, &lines, &about),
        html: Some(marked_up(language, words, &lines, &about)),
    }
}

fn who<'a>(message: &'a Message, words: &'a Words) -> &'a str {
    let author = message.author.as_ref().map(|author| author.name.as_str());
    match message.role {
        Role::User => &words.you,
        Role::Assistant => &words.assistant,
        Role::System => &words.system,
        Role::Operator => author.unwrap_or(&words.operator),
    }
}

/// `2026-01-05 10:00`, which every language reads.
fn when(time: &str, zone: &TimeZone) -> String {
    match time.parse::<Timestamp>() {
        Ok(moment) => moment
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        Err(_) => time.to_owned(),
    }
}

fn plain(words: &Words, lines: &[Line], about: &dyn Fn(&str) -> String) -> String {
    let mut text = format!("{}\n{}\n", about(&words.intro), about(&words.zone));
    for Line { message, who, when } in lines {
        let _ = writeln!(text, "\n[{when}] {who}:");
        if message.removed_at.is_some() {
            let _ = writeln!(text, "    {}", words.removed);
        }
        // Indented, so that no message can pass for the head of another one.
        for line in message.content.lines() {
            let _ = writeln!(text, "    {line}");
        }
        for file in &message.files {
            let _ = writeln!(text, "    {}: {} – {}", words.file, file.filename, file.url);
        }
        for source in &message.sources {
            let address = source.url.as_deref().map(|url| format!(" – {url}"));
            let (number, title) = (source.number, &source.title);
            let _ = writeln!(
                text,
                "    [{number}] {title}{}",
                address.unwrap_or_default()
            );
        }
    }
    let _ = writeln!(text, "\n-- \n{}", about(&words.footer));
    text
}

fn marked_up(
    language: &str,
    words: &Words,
    lines: &[Line],
    about: &dyn Fn(&str) -> String,
) -> String {
    let direction = direction(language);
    let title = escaped(&about(&words.subject));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body style=\"{PAGE}\" dir=\"{direction}\">\n<div style=\"max-width:640px;margin:0 auto\">\n<h1 style=\"margin:0 0 8px;font-size:22px;line-height:1.3\">{title}</h1>\n<p style=\"margin:0 0 4px\">{}</p>\n<p style=\"{SMALL};margin-bottom:20px\">{}</p>\n",
        escaped(&about(&words.intro)),
        escaped(&about(&words.zone)),
    );
    for line in lines {
        page.push_str(&bubble(words, line));
    }
    let _ = write!(
        page,
        "<p style=\"{SMALL};margin-top:20px\">{}</p>\n</div>\n</body>\n</html>\n",
        escaped(&about(&words.footer))
    );
    page
}

fn bubble(words: &Words, line: &Line) -> String {
    let Line { message, who, when } = line;
    let mut content = match message.role {
        _ if message.removed_at.is_some() => format!("<em>{}</em>", escaped(&words.removed)),
        // A visitor's addresses stay text: this letter leads nobody anywhere in their name.
        Role::User => as_typed(&message.content),
        _ => html(&parse(&message.content, false)),
    };
    for file in &message.files {
        let (label, name, address) = (
            escaped(&words.file),
            escaped(&file.filename),
            escaped(&file.url),
        );
        let _ = write!(
            content,
            "<p style=\"margin:4px 0 0\">{label}: <a href=\"{address}\"><bdi>{name}</bdi></a></p>"
        );
    }
    for source in &message.sources {
        let (number, title) = (source.number, escaped(&source.title));
        let title = match source
            .url
            .as_deref()
            .and_then(shared::markdown::safe_address)
        {
            Some(url) => format!("<a href=\"{}\">{title}</a>", escaped(url)),
            None => title,
        };
        let _ = write!(
            content,
            "<p style=\"{SMALL};margin-top:4px\">[{number}] {title}</p>"
        );
    }
    format!(
        "<div style=\"{BUBBLE}\"><p style=\"{SMALL}\"><strong><bdi>{}</bdi></strong> · <bdi>{when}</bdi></p><div dir=\"auto\">{content}</div></div>\n",
        escaped(who)
    )
}
