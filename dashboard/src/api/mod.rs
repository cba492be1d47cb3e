//! Everything that talks to the server. No other part of the app fetches.

pub mod account;
pub mod api_keys;
pub mod client;
pub mod conversations;
pub mod error;
pub mod event_stream;
pub mod identity;
pub mod knowledge;
pub mod live;
pub mod nudges;
pub mod operator_event;
pub mod sites;
pub mod upload;
pub mod visitors;
pub mod webhooks;

pub use client::Api;
pub use error::ApiError;
