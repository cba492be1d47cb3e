//! What every surface shares of HTTP: reading requests, refusing them in the surface's own words, streams,
//! limits, origins, headers and files.

pub mod answer;
pub mod auth;
pub mod client;
pub mod compress;
pub mod cors;
pub mod docs;
pub mod download;
pub mod files;
pub mod form;
pub mod input;
pub mod limit;
pub mod once;
pub mod open_cors;
pub mod page;
pub mod plain_page;
pub mod reply;
pub mod security;
pub mod site_key;
pub mod slow;
pub mod sse;
