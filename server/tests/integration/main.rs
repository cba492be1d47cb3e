//! The one integration binary of the server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod accounts;
mod answers;
mod caller;
mod conversations;
mod deletion;
mod demo;
mod desk;
mod developer_surface;
mod identity;
mod inbox_surface;
mod instance_key;
mod isolation;
mod knowledge;
mod knowledge_surface;
mod live_surface;
mod models;
mod net;
mod scripted_model;
mod store;
mod support;
mod tenant_surface;
mod turns;
