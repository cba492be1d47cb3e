//! What the server and both browser applications agree on: request, reply and event types, limits,
//! and the error table. No I/O, no clock, no randomness; compiles to WebAssembly and natively.

pub mod account;
pub mod activity;
pub mod api_key;
pub mod chatbot;
pub mod conversation;
pub mod error;
pub mod event;
pub mod field_value;
pub mod frame;
pub mod host_page;
pub mod install;
pub mod knowledge;
pub mod limits;
pub mod markdown;
pub mod message;
pub mod named;
pub mod nudge;
pub mod page;
pub mod preview;
pub mod site;
pub mod site_texts;
pub mod text;
pub mod transcript;
pub mod webhook;
pub mod widget;
