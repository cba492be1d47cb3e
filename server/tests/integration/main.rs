//! The one integration binary of the server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod accounts;
mod caller;
mod conversations;
mod demo;
mod developer_surface;
mod guest;
mod house;
mod identity;
mod instance_key;
mod knowledge;
<<<<<<< HEAD
mod limits;
mod origins;
mod pages;
mod process;
mod store;
mod support;
mod tenant_surface;
mod widget;
mod widget_input;
mod widget_stream;
=======
mod models;
mod net;
mod scripted_model;
mod store;
mod support;
mod tenant_surface;
mod turns;
>>>>>>> main
