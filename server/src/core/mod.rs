//! What the product does. Knows neither HTTP nor SQL.

pub mod account;
pub mod actor;
pub mod answer;
pub mod contact;
pub mod conversation;
pub mod demo;
pub mod file;
pub mod handover;
pub mod helpdesk;
pub mod history;
pub mod hours;
pub mod identity;
pub mod job;
pub mod key;
pub mod knowledge;
pub mod message;
pub mod nudge;
pub mod once;
pub mod origin;
pub mod rating;
pub mod session;
pub mod site;
pub mod stream;
pub mod ticket;
pub mod visitor;
