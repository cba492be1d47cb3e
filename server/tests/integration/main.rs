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
mod developer_surface;
mod identity;
mod instance_key;
mod knowledge;
mod models;
mod net;
mod scripted_model;
mod store;
mod support;
mod tenant_surface;
mod turns;
