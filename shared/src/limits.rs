//! Bounds that both sides of the wire know, so that a form refuses early what the server would refuse.
//! Lengths count Unicode scalar values.

/// A visitor's message on the widget surface (document S3, `POST /widget/chat`).
pub const VISITOR_MESSAGE_CHARS: usize = 1_000;
/// How long after it was stored a visitor may change a message or take it back.
pub const SECOND_THOUGHTS_SECONDS: i64 = 10;
/// An operator's reply.
pub const OPERATOR_MESSAGE_CHARS: usize = 10_000;
/// `user_note` of an escalation.
pub const USER_NOTE_CHARS: usize = 2_000;
/// A rating's comment or the reason given with a thumb.
pub const COMMENT_CHARS: usize = 2_000;
/// Names of people, sites and documents.
pub const NAME_CHARS: usize = 200;
/// An address of mail (RFC 5321, section 4.5.3.1.3).
pub const EMAIL_CHARS: usize = 254;
pub const PHONE_CHARS: usize = 40;
/// Fields that a site's own form adds to a contact: how many, and characters of a name and of a value.
pub const CONTACT_FIELDS: usize = 20;
pub const CONTACT_FIELD_NAME_CHARS: usize = 40;
pub const CONTACT_FIELD_CHARS: usize = 500;
/// An address of a page.
pub const URL_CHARS: usize = 2_048;
/// A caller's own session key.
pub const SESSION_KEY_CHARS: usize = 128;
/// The shortest session key where a site's `strictSessionKeys` is on.
pub const STRICT_SESSION_KEY_CHARS: usize = 16;
/// A client's message id or idempotency key.
pub const CLIENT_ID_CHARS: usize = 128;
/// Prompt and instruction texts of a site.
pub const PROMPT_CHARS: usize = 20_000;
/// Greeting and welcome texts of a site.
pub const GREETING_CHARS: usize = 1_000;
/// Fields that visitors are asked before they write, and choices of one of them.
pub const PRE_CHAT_FIELDS: usize = 8;
pub const PRE_CHAT_OPTIONS: usize = 20;
/// What visitors agree to before they write.
pub const CONSENT_CHARS: usize = 2_000;
/// Languages that a site's texts are written in, beside its own.
pub const TRANSLATIONS: usize = 30;
/// Characters of all those texts together, with the names, choices and ids that they stand under.
pub const TRANSLATED_CHARS: usize = 100_000;
/// Tags of one conversation, and characters of one of them.
pub const TAGS: usize = 20;
pub const TAG_CHARS: usize = 50;
/// The longest block that ends by itself, in hours: a year.
pub const BLOCK_HOURS: i64 = 8_760;
/// A question of a Q&A pair.
pub const QUESTION_CHARS: usize = 1_000;
/// An answer of a Q&A pair.
pub const ANSWER_CHARS: usize = 10_000;
/// The text of one knowledge item, written or extracted.
pub const KNOWLEDGE_TEXT_CHARS: usize = 2_000_000;
/// Pages that one scrape reads, unless asked otherwise, and at most.
pub const SCRAPE_PAGES: i64 = 500;
pub const SCRAPE_PAGES_MAX: i64 = 5_000;
/// An uploaded document, in bytes.
pub const DOCUMENT_BYTES: usize = 10 << 20;
/// A file sent in a chat, in bytes.
pub const UPLOAD_BYTES: usize = 10 << 20;
/// A recording to be written down, in bytes.
pub const AUDIO_BYTES: usize = 10 << 20;
/// A text to be read aloud, as audio services take it.
pub const SPOKEN_CHARS: usize = 4_000;
/// Files of one session and hour.
pub const UPLOADS_PER_HOUR: u32 = 20;
/// Files that operators send in one conversation and hour.
pub const OPERATOR_UPLOADS_PER_HOUR: u32 = 200;
pub const FILES_PER_MESSAGE: usize = 10;
/// A message of somebody else's form or widget (documents S2 and S4).
pub const CONTACT_MESSAGE_CHARS: usize = 10_000;
/// A nudge's text.
pub const NUDGE_CHARS: usize = 500;
/// Rules of one site.
pub const NUDGES_PER_SITE: usize = 50;
/// Messages of one page of history.
pub const HISTORY_DEFAULT: i64 = 200;
pub const HISTORY_MAX: i64 = 500;
/// Rows of one page of any list.
pub const PAGE_DEFAULT: i64 = 50;
pub const PAGE_MAX: i64 = 200;
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Bounds the work of one password hash.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Webhook endpoints of one account.
pub const WEBHOOKS: i64 = 20;
/// What a webhook endpoint is for, in words.
pub const DESCRIPTION_CHARS: usize = 500;

/// Attributes kept of one visitor.
pub const ATTRIBUTES: usize = 50;
/// What a visitor did, kept of each.
pub const TRACKED_EVENTS: usize = 50;
pub const TRACK_NAME_CHARS: usize = 100;
pub const TRACK_PROPERTIES: usize = 20;

/// Pixels between the launcher and an edge of the page.
pub const OFFSET_DEFAULT: i64 = 20;
pub const OFFSET_MAX: i64 = 400;
