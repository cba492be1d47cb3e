//! What the product does. Knows neither HTTP nor SQL.

pub mod actor;
pub mod answer;
pub mod contact;
pub mod conversation;
pub mod handover;
pub mod job;
pub mod knowledge;
pub mod key;
pub mod message;
pub mod rating;
pub mod session;
pub mod stream;
pub mod ticket;
