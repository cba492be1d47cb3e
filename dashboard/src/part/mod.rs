//! What pages are made of: parts know the product, and reach the server only through the state and `api`.

pub mod api_keys;
pub mod auth;
pub mod inbox;
pub mod knowledge;
pub mod leave;
pub mod nudges;

pub mod rich_text;
pub mod settings;
pub mod shell;
pub mod site;
pub mod submission;
pub mod webhooks;
