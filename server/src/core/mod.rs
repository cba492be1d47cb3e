//! What the product does. Knows neither HTTP nor SQL.

pub mod account;
pub mod actor;
pub mod answer;
pub mod api_key;
pub mod contact;
pub mod conversation;
pub mod demo;
pub mod developer;
pub mod export;
pub mod handover;
pub mod history;
pub mod hours;
pub mod identity;
pub mod job;
pub mod key;
pub mod knowledge;
pub mod message;
pub mod once;
pub mod origin;
pub mod rating;
pub mod session;
pub mod site;
pub mod stream;
pub mod tag;
pub mod ticket;
pub mod webhook;
